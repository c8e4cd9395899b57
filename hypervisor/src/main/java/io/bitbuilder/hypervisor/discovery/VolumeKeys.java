package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.RESTART;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The keys of volumes. */
final class VolumeKeys {
  /** Places systemd mounts itself, in every container. */
  private static final List<String> TAKEN = List.of("/dev", "/proc", "/run", "/sys", "/usr");

  private static final Key<ResourceName> NAME =
      Key.of(
              "name",
              Types.NAME,
              RESTART,
              "Its name within the tenant. Containers that name the same volume share it.")
          .mandatory();
  private static final Key<String> PATH =
      Key.of("path", Vocabulary.PATH, RESTART, "Where it appears inside.").mandatory();
  private static final Key<Boolean> READ_ONLY =
      Key.of("readOnly", Types.BOOLEAN, RESTART, "Whether it is read-only inside.")
          .or(false, "false");

  static final Key<List<Values>> VOLUMES =
      Key.of(
          "volumes",
          new ListOf<>(Shape.of("a volume", NAME, PATH, READ_ONLY)),
          RESTART,
          "Directories that outlive it.");

  private VolumeKeys() {}

  static List<Container.Volume> volumes(Values container) {
    return container.list(VOLUMES).stream()
        .map(volume ->
            new Container.Volume(volume.get(NAME), volume.get(PATH), volume.get(READ_ONLY)))
        .toList();
  }

  /** Reports places that are taken, by systemd or by another volume. */
  static void check(Values container) {
    Map<String, Values> seen = new HashMap<>();
    for (Values volume : container.list(VOLUMES)) {
      if (!volume.has(PATH)) {
        continue;
      }
      String path = volume.get(PATH);
      for (String taken : TAKEN) {
        if (path.equals(taken) || path.startsWith(taken + "/")) {
          volume
              .reading()
              .add(
                  Code.BB210,
                  volume.at(PATH),
                  Quote.quote(path) + " lies under " + taken + ", which systemd mounts itself",
                  "a path outside " + String.join(", ", TAKEN),
                  "");
        }
      }
      Values first = seen.putIfAbsent(path, volume);
      if (first != null) {
        volume
            .reading()
            .add(
                new Diagnostic(
                    Code.BB305,
                    "two volumes at " + Quote.quote(path),
                    volume.at(PATH),
                    "every path once",
                    "",
                    List.of(new Diagnostic.Note("first at", first.at(PATH)))));
      }
    }
  }
}
