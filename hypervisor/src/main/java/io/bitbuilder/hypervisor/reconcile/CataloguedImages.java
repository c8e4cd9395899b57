package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.activation.Parts;
import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.host.Images;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The images generations name, made ready out of what was fetched for the catalogue. */
final class CataloguedImages implements Parts.Provisions {
  private static final String HOST = "host";

  private final Images images;
  private final Map<String, CatalogueImage.Type> types = new ConcurrentHashMap<>();

  CataloguedImages(Images images) {
    this.images = images;
  }

  /** Tells what kind of file each image is. */
  void know(Collection<SystemState.Image> catalogue) {
    catalogue.forEach(image -> types.put(image.sha256(), image.type()));
  }

  /** The images a generation names, without the host's own. */
  static SortedSet<String> named(Manifest manifest) {
    SortedSet<String> named = new TreeSet<>();
    for (Compiled.Resource resource : manifest.resources()) {
      if (!resource.image().equals(HOST)) {
        named.add(resource.image());
      }
      named.addAll(resource.files());
    }
    return named;
  }

  @Override
  public boolean isReady(Manifest manifest) {
    return named(manifest).stream().allMatch(images::isReady);
  }

  @Override
  public void provide(Manifest manifest) throws IOException {
    for (String sha256 : named(manifest)) {
      if (!images.isReady(sha256)) {
        CatalogueImage.Type type = types.get(sha256);
        if (type == null) {
          throw new Images.NotAnImage(
              "image " + sha256.substring(0, 12) + " is not on this host and not in the catalogue",
              false);
        }
        images.provide(sha256, type);
      }
    }
  }
}
