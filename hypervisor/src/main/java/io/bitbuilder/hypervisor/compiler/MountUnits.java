package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import io.bitbuilder.hypervisor.unitfile.UnitName;
import java.util.ArrayList;
import java.util.List;

/**
 * The root file system of a container: its image and its rootfs overlay, each shifted to the
 * container's UIDs (X-mount.idmap of mount(8)), and an overlay of both under what it wrote. Nothing
 * is copied and nothing shared is ever written to.
 *
 * <p>Each mount comes and goes with the container's service: it is wanted by nothing else.
 */
final class MountUnits {
  private MountUnits() {}

  static void add(ContainerPlace place, Output out) {
    String base = place.overlaid() ? place.base() : place.root();
    UnitFile.Builder image = unit(place, "Image");
    place.imageUnit().ifPresent(service -> image.set("Requires", service).set("After", service));
    mount(out, image, place.image(), base, "none", shifted(place));
    if (place.layered()) {
      String source =
          ContainerPlace.layerSource(Layers.digest(place.container().declared().overlay()));
      mount(out, unit(place, "Overlay files"), source, place.layer(), "none", shifted(place));
    }
    if (place.writable() && place.container().declared().ephemeral()) {
      scratch(place, out);
    }
    if (place.overlaid()) {
      root(place, out);
    }
  }

  private static String shifted(ContainerPlace place) {
    return "bind,ro,nodev,X-mount.idmap=0:" + place.container().uidBase() + ":65536";
  }

  private static void root(ContainerPlace place, Output out) {
    UnitFile.Builder unit = unit(place, "Root");
    List<String> lower = new ArrayList<>();
    if (place.layered()) {
      lower.add(place.layer());
    }
    lower.add(place.base());
    if (place.pointed()) {
      lower.add(place.points());
    }
    unit.set("RequiresMountsFor", String.join(" ", lower));
    String options = "lowerdir=" + String.join(":", lower);
    if (place.writable()) {
      options += ",upperdir=" + place.upper() + ",workdir=" + place.work();
      if (place.container().declared().ephemeral()) {
        String scratch = TenantUnits.scratch(place.tenant(), place.container().declared().name());
        unit.set("Requires", scratch).set("After", scratch);
      } else {
        unit.set("RequiresMountsFor", place.upper());
      }
    }
    mount(out, unit, "overlay", place.root(), "overlay", options);
  }

  /** Memory of its own: what an ephemeral container writes cannot fill the host's /run. */
  private static void scratch(ContainerPlace place, Output out) {
    String size =
        place.container().declared().limits().memoryMax().map(ByteSize::toString).orElse("50%%");
    mount(
        out,
        unit(place, "Writes"),
        "tmpfs",
        place.scratch(),
        "tmpfs",
        "mode=0700,nosuid,nodev,size=" + size);
  }

  private static UnitFile.Builder unit(ContainerPlace place, String what) {
    String setup = TenantUnits.setup(place.tenant());
    return UnitFile.builder()
        .section("Unit")
        .set("Description", what + " of container " + place.container().machineName())
        // Not of local-fs.target, which comes before all that makes its directories.
        .set("DefaultDependencies", false)
        .set("Conflicts", "umount.target")
        .set("Before", "umount.target")
        .set("Requires", setup)
        .set("After", setup)
        .set("PartOf", place.unit())
        .set("StopWhenUnneeded", true);
  }

  private static void mount(
      Output out, UnitFile.Builder unit, String what, String where, String type, String options) {
    UnitFile file =
        unit.section("Mount")
            .set("What", what)
            .set("Where", where)
            .set("Type", type)
            .set("Options", options)
            .build();
    out.file("mounts/" + UnitName.mount(where), file);
  }
}
