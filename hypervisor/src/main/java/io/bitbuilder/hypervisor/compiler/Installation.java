package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.HostUnits;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What {@code [Install]} sections of the host's units say: the links {@code systemctl enable} would
 * make (systemd.unit(5), "[Install] Section Options").
 */
public final class Installation {
  private static final Map<String, String> DIRECTORIES =
      Map.of("WantedBy", ".wants/", "RequiredBy", ".requires/", "UpheldBy", ".upholds/");

  private Installation() {}

  /**
   * The links, by path within the directory of units.
   *
   * @return their targets, which are relative
   */
  public static SortedMap<String, String> links(HostUnits host) {
    SortedMap<String, String> links = new TreeMap<>();
    host.units()
        .forEach((path, text) -> {
          if (path.indexOf('/') < 0) {
            UnitFile file = UnitFile.parse(text);
            String instance = instance(path, file);
            if (!instance.isEmpty()) {
              DIRECTORIES.forEach((key, directory) ->
                  each(file, key, unit -> links.put(unit + directory + instance, "../" + path)));
            }
            each(file, "Alias", alias -> links.put(alias, path));
          }
        });
    return links;
  }

  /** A template is wanted as its default instance, or not at all. */
  private static String instance(String unit, UnitFile file) {
    int at = unit.indexOf("@.");
    if (at < 0) {
      return unit;
    }
    String name = file.values("Install", "DefaultInstance").stream().findFirst().orElse("");
    return name.isEmpty() ? "" : unit.substring(0, at + 1) + name + unit.substring(at + 1);
  }

  private interface Use {
    void of(String unit);
  }

  private static void each(UnitFile file, String key, Use use) {
    for (String value : file.values("Install", key)) {
      for (String unit : value.split("\\s+", -1)) {
        if (!unit.isEmpty()) {
          use.of(unit);
        }
      }
    }
  }
}
