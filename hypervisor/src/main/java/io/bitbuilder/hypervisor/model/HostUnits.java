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
 * @param extensions images over /usr and /etc by name within extensions/, {@code tools.sysext.raw},
 *     {@code security.confext.raw}, to the object id of their content: they are too large to be
 *     held
 */
public record HostUnits(
    SortedMap<String, String> units,
    SortedMap<String, String> generators,
    SortedMap<String, String> extensions) {
  /** Nothing. */
  public static final HostUnits NONE =
      new HostUnits(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

  public HostUnits {
    units = Collections.unmodifiableSortedMap(new TreeMap<>(units));
    generators = Collections.unmodifiableSortedMap(new TreeMap<>(generators));
    extensions = Collections.unmodifiableSortedMap(new TreeMap<>(extensions));
  }

  /** Whether there is nothing at all. */
  public boolean isEmpty() {
    return units.isEmpty() && generators.isEmpty() && extensions.isEmpty();
  }
}
