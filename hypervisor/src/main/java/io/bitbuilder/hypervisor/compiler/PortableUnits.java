package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.HostUnits;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What systemd gets for an image of a portable service: the units it brings, a drop-in that has
 * services run in it, and their profile, as systemd-portabled would attach it (portablectl(1), "The
 * Portable Services Logic"). An operator's drop-in that is called like the profile comes instead of
 * it.
 *
 * @param files units and drop-ins by path
 * @param links their targets by path
 */
public record PortableUnits(SortedMap<String, String> files, SortedMap<String, String> links) {
  /** No portable services. */
  public static final PortableUnits NONE = new PortableUnits(new TreeMap<>(), new TreeMap<>());

  private static final String PROFILE = "/usr/lib/systemd/portable/profile/default/service.conf";

  public PortableUnits {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
  }

  /**
   * These, and those of one more image.
   *
   * @param image its name
   * @param path where it is on the host, made of characters that need no quotes
   * @param inside the units it brings, by name
   * @param declared what the system repository has beside it
   */
  public PortableUnits and(
      String image, String path, SortedMap<String, String> inside, HostUnits declared) {
    SortedMap<String, String> more = new TreeMap<>(files);
    SortedMap<String, String> to = new TreeMap<>(links);
    inside.forEach((unit, text) -> {
      more.put(unit, text);
      if (unit.endsWith(".service")) {
        more.put(
            unit + ".d/" + HostUnits.PORTABLE_DROP_IN,
            """
            [Service]
            RootImage=%s
            Environment=PORTABLE=%s
            LogExtraFields=PORTABLE=%s
            """
                .formatted(path, image, image));
        to.put(unit + ".d/10-profile.conf", PROFILE);
      }
    });
    more.keySet().removeAll(declared.units().keySet());
    to.keySet().removeAll(declared.units().keySet());
    return new PortableUnits(more, to);
  }

  /** What is declared, with units that were unpacked. */
  public static HostUnits with(HostUnits declared, SortedMap<String, String> unpacked) {
    SortedMap<String, String> all = new TreeMap<>(declared.units());
    all.putAll(unpacked);
    return new HostUnits(all, declared.generators(), declared.images());
  }
}
