package io.bitbuilder.hypervisor.model;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the system repository puts on the host itself.
 *
 * @param units texts of units and their drop-ins by path within units/: {@code backup.timer},
 *     {@code ssh.service.d/10-keys.conf}
 * @param generators scripts by name, which systemd runs when it loads units (systemd.generator(7))
 * @param images extensions over /usr and /etc, {@code tools.sysext.raw}, {@code
 *     security.confext.raw}, and portable services, {@code exporter.portable.raw}, by name to the
 *     object id of their content: they are too large to be held
 */
public record HostUnits(
    SortedMap<String, String> units,
    SortedMap<String, String> generators,
    SortedMap<String, String> images) {
  /** Nothing. */
  public static final HostUnits NONE =
      new HostUnits(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

  /** How the name of a portable service's image ends. */
  public static final String PORTABLE = ".portable.raw";

  /** The drop-in that has a service run in its image, beside the operator's own. */
  public static final String PORTABLE_DROP_IN = "20-portable.conf";

  public HostUnits {
    units = Collections.unmodifiableSortedMap(new TreeMap<>(units));
    generators = Collections.unmodifiableSortedMap(new TreeMap<>(generators));
    images = Collections.unmodifiableSortedMap(new TreeMap<>(images));
  }

  /** Whether there is nothing at all. */
  public boolean isEmpty() {
    return units.isEmpty() && generators.isEmpty() && images.isEmpty();
  }

  /** The images that are merged over /usr and /etc. */
  public SortedMap<String, String> extensions() {
    return images(false);
  }

  /** The images that services run in. */
  public SortedMap<String, String> portables() {
    return images(true);
  }

  /**
   * What the names of the units begin with that are taken from a portable service's image, up to a
   * {@code .}, {@code -} or {@code @}: its own up to a {@code _}, behind which a version may stand
   * (portablectl(1)).
   *
   * @param image its name
   */
  public static String prefix(String image) {
    String name = image.substring(0, image.length() - PORTABLE.length());
    int version = name.indexOf('_');
    return version < 0 ? name : name.substring(0, version);
  }

  private SortedMap<String, String> images(boolean portable) {
    SortedMap<String, String> some = new TreeMap<>();
    for (Map.Entry<String, String> image : images.entrySet()) {
      if (image.getKey().endsWith(PORTABLE) == portable) {
        some.put(image.getKey(), image.getValue());
      }
    }
    return some;
  }
}
