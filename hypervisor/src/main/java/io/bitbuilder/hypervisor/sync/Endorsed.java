package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import java.util.Optional;

/** What publishers of images have signed, as far as it counts here. */
public interface Endorsed {
  /** The digest an offer says an image has; empty when it says none, or does not count. */
  Optional<String> digest(CatalogueImage image, Offer offer);

  /** The digest that was accepted last. */
  Optional<String> accepted(CatalogueImage image);
}
