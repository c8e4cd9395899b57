package io.bitbuilder.hypervisor.host;

import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import java.io.IOException;
import java.util.Set;

/** The catalogue images on this host, by digest. */
public interface Images {
  /**
   * Makes an image ready for containers; nothing when it is ready already.
   *
   * @param sha256 the digest of the file that was fetched
   * @throws NotAnImage when the fetched file is missing, is another one, or cannot be unpacked
   * @throws IOException when this host cannot take it, as when the disk is full
   */
  void provide(String sha256, CatalogueImage.Type type) throws IOException;

  /** Whether the image is ready. */
  boolean isReady(String sha256);

  /** Removes every image that is not named, and what was left behind half unpacked. */
  void prune(Set<String> named) throws IOException;

  /** The fetched file is of no use. */
  final class NotAnImage extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean differs;

    /**
     * Says why.
     *
     * @param differs whether its digest is another one
     */
    public NotAnImage(String message, boolean differs) {
      super(message);
      this.differs = differs;
    }

    /** Whether the digest is another one (BB607), or it is not there or not usable (BB606). */
    public boolean differs() {
      return differs;
    }
  }
}
