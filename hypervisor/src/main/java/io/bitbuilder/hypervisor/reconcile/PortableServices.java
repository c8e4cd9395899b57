package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.compiler.Installation;
import io.bitbuilder.hypervisor.compiler.PortableUnits;
import io.bitbuilder.hypervisor.discovery.HostUnitRules;
import io.bitbuilder.hypervisor.host.Systemd;
import io.bitbuilder.hypervisor.host.Systemd.NotPortable;
import io.bitbuilder.hypervisor.model.HostUnits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * Makes units of the images of portable services: systemd reads them, and what it finds is held to
 * the rules.
 */
final class PortableServices {
  private final Systemd systemd;

  PortableServices(Systemd systemd) {
    this.systemd = systemd;
  }

  /**
   * All units that images bring.
   *
   * @param units what the system repository has, the names of these images among it
   * @param images where images are, by name
   * @throws NotPortable when one of them cannot be used, and why
   * @throws IOException when systemd cannot be asked
   */
  PortableUnits unpack(HostUnits units, SortedMap<String, Path> images) throws IOException {
    PortableUnits all = PortableUnits.NONE;
    for (String image : units.portables().keySet()) {
      String path = String.valueOf(images.get(image));
      SortedMap<String, String> inside = inside(image, path);
      HostUnits others = PortableUnits.with(units, all.files());
      Set<String> taken = new TreeSet<>(others.units().keySet());
      // Aliases are links beside the units.
      taken.addAll(Installation.links(others).keySet());
      Optional<String> wrong = HostUnitRules.wrong(inside, taken);
      if (wrong.isPresent()) {
        throw new NotPortable(image + ": " + wrong.get());
      }
      all = all.and(image, path, inside, units);
    }
    return all;
  }

  private SortedMap<String, String> inside(String image, String path) throws IOException {
    try {
      return systemd.portableUnits(Path.of(path), HostUnits.prefix(image));
    } catch (NotPortable e) {
      throw new NotPortable(image + ": " + e.getMessage());
    }
  }
}
