package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.host.Systemd;
import io.bitbuilder.hypervisor.host.Trees;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.model.TenantOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the system repository says of our own units, which is how often it is looked at and in which
 * order tenants start: drop-ins that tenant-generator hands over, so that they hold from the first
 * moment of a boot and on a host whose /etc cannot be written.
 */
final class OwnUnits {
  /** What the unit itself says. */
  private static final Duration SHIPPED = Duration.ofMinutes(1);

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final String TIMER = "bitbuilder-sync.timer";

  private final Path directory;
  private final Systemd systemd;

  OwnUnits(Path root, Systemd systemd) {
    this.directory = root.resolve("var/lib/bitbuilder/units");
    this.systemd = systemd;
  }

  /**
   * Sets the drop-ins; nothing happens when they are there already.
   *
   * @throws IOException also when tenants wait for each other, which compile does not let through
   */
  void set(SystemState system) throws IOException {
    SortedMap<String, String> wanted = new TreeMap<>();
    if (!system.syncInterval().equals(SHIPPED)) {
      wanted.put(TIMER + ".d/50-interval.conf", interval(system.syncInterval()));
    }
    Map<TenantId, List<TenantId>> after =
        system.tenants().stream()
            .filter(tenant -> !tenant.after().isEmpty())
            .collect(Collectors.toMap(SystemState.Standing::id, SystemState.Standing::after));
    if (TenantOrder.circle(after).isPresent()) {
      throw new IOException("tenants wait for each other");
    }
    after.forEach((tenant, others) ->
        wanted.put(TenantUnits.setup(tenant) + ".d/50-order.conf", order(others)));
    SortedMap<String, String> present = present();
    if (wanted.equals(present)) {
      return;
    }
    for (String name : present.keySet()) {
      if (!wanted.containsKey(name)) {
        Trees.delete(directory(name));
      }
    }
    for (Map.Entry<String, String> file : wanted.entrySet()) {
      if (!file.getValue().equals(present.get(file.getKey()))) {
        write(file.getKey(), file.getValue());
      }
    }
    systemd.daemonReload();
    if (!timer(wanted).equals(timer(present))) {
      Systemd.Done done = systemd.run(Systemd.Verb.TRY_RESTART, List.of(TIMER), LIMIT);
      if (!done.ok()) {
        throw new IOException(TIMER + " cannot be restarted");
      }
    }
  }

  /** A list that is set empty forgets all its kinds, so the other one is said again. */
  private static String interval(Duration interval) {
    return "[Timer]\nOnUnitActiveSec=\nOnBootSec=10s\nOnUnitActiveSec="
        + Math.max(1, interval.toSeconds())
        + "s\n";
  }

  /** All of the tenant comes after this unit, and all of the others before their targets. */
  private static String order(List<TenantId> others) {
    return others.stream()
        .map(TenantUnits::target)
        .collect(Collectors.joining(" ", "[Unit]\nAfter=", "\n"));
  }

  private static String timer(SortedMap<String, String> files) {
    return files.getOrDefault(TIMER + ".d/50-interval.conf", "");
  }

  private void write(String name, String text) throws IOException {
    Files.createDirectories(directory(name));
    Path unfinished = directory(name).resolve(".new");
    Files.writeString(unfinished, text);
    Files.move(unfinished, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path directory(String name) {
    return Objects.requireNonNull(directory.resolve(name).getParent());
  }

  private SortedMap<String, String> present() throws IOException {
    SortedMap<String, String> present = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory, 2)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = directory.relativize(file).toString();
        if (name.endsWith(".conf")) {
          present.put(name, Files.readString(file));
        }
      }
    } catch (NoSuchFileException _) {
      return present;
    }
    return present;
  }
}
