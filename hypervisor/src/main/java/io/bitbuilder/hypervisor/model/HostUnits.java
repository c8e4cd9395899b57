package io.bitbuilder.hypervisor.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the system repository puts on the host itself.
 *
 * @param units texts of units and their drop-ins by path within units/: {@code backup.timer},
 *     {@code ssh.service.d/10-keys.conf}
 * @param generators scripts by name, which systemd runs when it loads units (systemd.generator(7))
 */
public record HostUnits(SortedMap<String, String> units, SortedMap<String, String> generators) {
  /** Nothing. */
  public static final HostUnits NONE = new HostUnits(new TreeMap<>(), new TreeMap<>());

  public HostUnits {
    units = Collections.unmodifiableSortedMap(new TreeMap<>(units));
    generators = Collections.unmodifiableSortedMap(new TreeMap<>(generators));
  }

  /** Whether there is nothing at all. */
  public boolean isEmpty() {
    return units.isEmpty() && generators.isEmpty();
  }
}
