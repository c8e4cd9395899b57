package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.HostStore;
import io.bitbuilder.hypervisor.host.Doctor;
import io.bitbuilder.hypervisor.model.HostUnits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether systemd has the host's units and extensions as the system repository has them. */
final class HostUnitsExamined {
  private static final String WHAT = "host's units";

  /** What systemd reads before what generators hand over (systemd.unit(5)). */
  private static final List<String> BEFORE =
      List.of(
          "etc/systemd/system.control",
          "run/systemd/system.control",
          "run/systemd/transient",
          "etc/systemd/system",
          "run/systemd/system");

  private HostUnitsExamined() {}

  /** Compares; nothing when the system repository has none. */
  static List<Doctor.Examined> examine(Path root, Path state) {
    try {
      HostStore store = new HostStore(state);
      HostUnits units =
          store.generation(store.current()).map(HostStore.Made::units).orElse(HostUnits.NONE);
      if (units.isEmpty()) {
        return List.of();
      }
      List<String> drifted = drifted(root, units);
      return List.of(
          drifted.isEmpty()
              ? Doctor.Examined.good(
                  WHAT,
                  units.units().size()
                      + " files and "
                      + units.extensions().size()
                      + " extensions, as the system repository has them")
              : Doctor.Examined.bad(
                  WHAT,
                  Code.BB709,
                  "systemd has other units or extensions of the host than the system repository: "
                      + Quote.escape(String.join(", ", drifted), 300),
                  "those of the system repository and no others of their names",
                  "remove what stands in front of them, then systemctl daemon-reload, or systemctl"
                      + " restart bitbuilder-extensions.service"));
    } catch (IOException e) {
      return List.of(
          Doctor.Examined.bad(
              WHAT,
              Code.BB709,
              "the units of the host cannot be read: "
                  + Quote.escape(String.valueOf(e.getMessage()), 300),
              "",
              ""));
    }
  }

  private static List<String> drifted(Path root, HostUnits units) throws IOException {
    List<String> drifted = new ArrayList<>();
    for (Map.Entry<String, String> unit : units.units().entrySet()) {
      for (String place : BEFORE) {
        Path path = root.resolve(place).resolve(unit.getKey());
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
          drifted.add("/" + place + "/" + unit.getKey());
        }
      }
      Path handedOver = root.resolve("run/systemd/generator").resolve(unit.getKey());
      try {
        if (!Files.readString(handedOver).equals(unit.getValue())) {
          drifted.add("/run/systemd/generator/" + unit.getKey());
        }
      } catch (NoSuchFileException _) {
        drifted.add(unit.getKey() + " is not there");
      }
    }
    for (Map.Entry<String, String> extension : units.extensions().entrySet()) {
      extension(root, extension.getKey(), extension.getValue(), drifted);
    }
    return drifted;
  }

  private static void extension(Path root, String file, String id, List<String> drifted) {
    boolean config = file.endsWith(".confext.raw");
    String name = file.replaceFirst("\\.(sysext|confext)\\.raw$", "");
    for (String front : List.of(name, name + ".raw")) {
      Path path = root.resolve("etc/extensions").resolve(front);
      if (!config && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        drifted.add("/etc/extensions/" + front);
      }
    }
    String link = (config ? "run/confexts/" : "run/extensions/") + name + ".raw";
    String target = "/var/lib/bitbuilder/generations/system/images/" + id + "-" + file;
    try {
      if (!Files.readSymbolicLink(root.resolve(link)).toString().equals(target)) {
        drifted.add("/" + link);
        return;
      }
    } catch (IOException _) {
      drifted.add("/" + link + " is not there");
      return;
    }
    List<String> merged =
        config
            ? List.of("etc/.systemd-confext/confexts")
            : List.of("usr/.systemd-sysext/extensions", "opt/.systemd-sysext/extensions");
    if (merged.stream().noneMatch(list -> has(root.resolve(list), name))) {
      drifted.add(file + " is not merged");
    }
  }

  /** systemd lists in what it merged what that was made from. */
  private static boolean has(Path list, String name) {
    try {
      return Files.readAllLines(list).contains(name);
    } catch (IOException _) {
      return false;
    }
  }
}
