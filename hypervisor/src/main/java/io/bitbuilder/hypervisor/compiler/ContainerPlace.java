package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedContainer;
import java.util.Optional;

/** Where the parts of one container lie on the host (ARCHITECTURE.md, "What lies where"). */
record ContainerPlace(TenantId tenant, ResolvedContainer container) {
  private static final String STATE = "/var/lib/bitbuilder/";

  ContainerPlace {
    if (!ResourceName.isValid(container.declared().uid())) {
      throw new IllegalArgumentException("uid of a container is not a resource name");
    }
  }

  static String tenantData(TenantId tenant) {
    return "/var/lib/tenants/" + tenant;
  }

  static String volume(TenantId tenant, ResourceName name) {
    return tenantData(tenant) + "/volumes/" + name;
  }

  private String run() {
    return "/run/tenants/" + tenant + "/containers/" + container.declared().name();
  }

  /** Kept under the uid, so that a renamed container finds what it wrote. */
  private String data() {
    return tenantData(tenant) + "/containers/" + container.declared().uid();
  }

  /** What the container starts in. */
  String root() {
    return run() + "/root";
  }

  /** The image, shifted to the container's UIDs. */
  String base() {
    return run() + "/base";
  }

  /** The rootfs overlay, shifted likewise. */
  String layer() {
    return run() + "/layer";
  }

  /** The host's /usr, for {@code image: host}. */
  String usr() {
    return run() + "/usr";
  }

  /** The memory an ephemeral container writes to. */
  String scratch() {
    return run() + "/scratch";
  }

  /** Where the container's own writes go. */
  String upper() {
    return (container.declared().ephemeral() ? scratch() : data()) + "/upper";
  }

  /** What overlayfs wants beside {@link #upper()}. */
  String work() {
    return (container.declared().ephemeral() ? scratch() : data()) + "/work";
  }

  static String layerSource(String digest) {
    return STATE + "generations/layers/" + digest;
  }

  /**
   * The image as it is on the host.
   *
   * @throws IllegalArgumentException when the image has no pinned digest: nothing says where it is
   */
  String image() {
    Optional<CatalogueImage> image = container.image();
    if (image.isEmpty()) {
      return STATE + "images/host";
    }
    String digest = digest(image.get());
    return switch (image.get().type()) {
      case TAR -> STATE + "images/" + digest;
      case RAW -> "/run/bitbuilder/images/" + digest;
      case FILE -> throw new IllegalArgumentException("a kernel is no image of a container");
    };
  }

  /** The service that mounts the image, for a raw one. */
  Optional<String> imageUnit() {
    return container
        .image()
        .filter(image -> image.type() == CatalogueImage.Type.RAW)
        .map(image -> TenantUnits.image(digest(image)));
  }

  static String digest(CatalogueImage image) {
    return digest(image.sha256());
  }

  static String digest(String digest) {
    if (digest.length() != 64
        || !digest.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
      throw new IllegalArgumentException("image without a pinned digest");
    }
    return digest;
  }

  String unit() {
    return TenantUnits.container(tenant, container.declared().name());
  }

  /** Whether the container writes into an upper directory. */
  boolean writable() {
    return !container.declared().readOnly();
  }

  boolean layered() {
    return !container.declared().overlay().isEmpty();
  }

  /**
   * Empty directories for volumes and an empty file for who resolves names, below all else in a
   * root: nspawn could not make them there, or would among what the container writes.
   */
  String points() {
    return run() + "/points";
  }

  boolean pointed() {
    return (!writable() && !container.declared().volumes().isEmpty())
        || (resolves() && !fromHost());
  }

  /**
   * Whether it is told from outside who resolves names: where no init of its image does, and what
   * the tenant brings does not.
   */
  boolean resolves() {
    Container declared = container.declared();
    return container.port().isPresent()
        && (!declared.boots() || fromHost())
        && declared.overlay().stream()
            .noneMatch(entry -> ("/" + Layers.relative(entry.path())).equals(NameUnits.RESOLV_CONF))
        && declared.volumes().stream()
            .noneMatch(volume -> (NameUnits.RESOLV_CONF + "/").startsWith(plain(volume.path())));
  }

  /** A path with one slash between its parts and at its end. */
  private static String plain(String path) {
    StringBuilder plain = new StringBuilder("/");
    for (String part : path.split("/", -1)) {
      if (!part.isEmpty() && !part.equals(".")) {
        plain.append(part).append('/');
      }
    }
    return plain.toString();
  }

  /** Whether the root is put together of several directories, or the image itself. */
  boolean overlaid() {
    return writable() || layered() || pointed();
  }

  boolean fromHost() {
    return container.image().isEmpty();
  }
}
