package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lists of digests publishers sign, where systemd-importd looks for them: SHA256SUMS in the
 * directory of the image, or the image's own with the suffix .sha256; the signature under the name
 * of the list with a suffix. For one directory they are fetched once in a round, so that images
 * which belong together are of one list.
 */
final class Offers {
  private static final String LIST = "SHA256SUMS";
  private static final String OWN_LIST = ".sha256";

  /** OpenPGP, armored or not, and SSH. */
  private static final List<String> SIGNATURES = List.of(".asc", ".gpg", ".sig");

  /** How often somebody else's server is asked what is new. */
  private static final Duration INTERVAL = Duration.ofHours(1);

  private final Path images;
  private final Download download;
  private final Instant now;
  private final Map<Download.Place, Optional<Offer>> seen = new ConcurrentHashMap<>();

  Offers(Path images, Download download, Instant now) {
    this.images = images;
    this.download = download;
    this.now = now;
  }

  /** Whether the last look was long ago. */
  boolean isDue(CatalogueImage image) throws IOException {
    Path file = Offer.file(images, image);
    return !Files.exists(file)
        || !Files.getLastModifiedTime(file).toInstant().plus(INTERVAL).isAfter(now);
  }

  /** What is offered now. */
  Offer look(CatalogueImage image, Budget budget) throws IOException {
    Download.Place place = new Download.Place(URI.create(image.url()), image.internal());
    Download.Place shared = place.beside(LIST);
    Optional<Offer> known = seen.get(shared);
    if (known == null) {
      known = offer(shared, LIST, budget);
      seen.put(shared, known);
    }
    if (known.isPresent()) {
      return known.get();
    }
    return offer(place.with(OWN_LIST), Offer.fileName(image) + OWN_LIST, budget)
        .orElseThrow(() ->
            new Unusable(
                Code.BB606,
                "has no list of digests beside it, neither "
                    + LIST
                    + " nor one with the suffix "
                    + OWN_LIST,
                "ask its publisher for one, or pin the digest: verify: \"sha256:…\""));
  }

  private Optional<Offer> offer(Download.Place place, String name, Budget budget)
      throws IOException {
    Optional<byte[]> list = download.small(place, Offer.LIST_LIMIT, budget);
    if (list.isEmpty()) {
      return Optional.empty();
    }
    for (String suffix : SIGNATURES) {
      Optional<byte[]> signature =
          download.small(place.with(suffix), Offer.SIGNATURE_LIMIT, budget);
      if (signature.isPresent()) {
        return Optional.of(new Offer(name, list.get(), signature.get()));
      }
    }
    return Optional.of(new Offer(name, list.get(), new byte[0]));
  }

  /** Hands an offer to compile; the time of the file says when it was looked at. */
  void publish(CatalogueImage image, Offer offer) throws IOException {
    Path file = Offer.file(images, image);
    if (!Optional.of(offer).equals(fetched(image))) {
      DurableFiles.replace(file, offer.text());
    }
    Files.setLastModifiedTime(file, FileTime.from(now));
  }

  /** The last one that was handed over. */
  Optional<Offer> fetched(CatalogueImage image) {
    return Offer.fetched(images.resolveSibling("."), image);
  }
}
