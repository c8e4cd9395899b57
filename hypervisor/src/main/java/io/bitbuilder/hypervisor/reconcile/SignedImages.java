package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.generation.AcceptedImages;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.signature.Reason;
import io.bitbuilder.hypervisor.signature.TrustedKey;
import io.bitbuilder.hypervisor.signature.Verdict;
import io.bitbuilder.hypervisor.signature.Verifier;
import io.bitbuilder.hypervisor.sync.Checksums;
import io.bitbuilder.hypervisor.sync.Endorsed;
import io.bitbuilder.hypervisor.sync.Offer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which digest an image has whose publisher signs it. The list that is offered is verified, and
 * read from the very bytes that were; then it is compared with the one that was accepted before,
 * which is verified anew each time: a key that is gone takes with it what it signed.
 */
final class SignedImages implements Endorsed {
  /** What SSH signatures are made for (UAPI.11); or for any file, as ssh-keygen(1) advises. */
  private static final String NAMESPACE = "image/default";

  private static final String ANY_FILE = "file";

  /** How many lists are remembered that may not come back. */
  private static final int FORMER = 64;

  private final Path objects;
  private final List<TrustedKey> keys;
  private final SortedMap<String, AcceptedImages.Image> accepted;
  private final Instant now;

  SignedImages(
      Path objects,
      List<TrustedKey> keys,
      SortedMap<String, AcceptedImages.Image> accepted,
      Instant now) {
    this.objects = objects;
    this.keys = List.copyOf(keys);
    this.accepted = accepted;
    this.now = now;
  }

  /**
   * Those of a host, at this moment. Keys are looked for only where there is something to verify:
   * this is asked at each sync.
   */
  static SignedImages on(Path root, OwnKeys keys, Collection<CatalogueImage> images)
      throws IOException {
    Path state = root.resolve("var/lib/bitbuilder");
    return new SignedImages(
        state.resolve("objects"),
        images.stream().anyMatch(CatalogueImage::isSigned) ? keys.ofImages() : List.of(),
        new AcceptedImages(state).read(),
        Instant.now());
  }

  /**
   * What came of it.
   *
   * @param system with the digests; an image without one cannot be used
   * @param signed what is to be accepted, by address
   */
  record Resolved(SystemModel system, SortedMap<String, AcceptedImages.Image> signed) {}

  /** What an offer is worth. */
  private sealed interface Judged {
    /** It counts. */
    record Good(String sha256, String signer, @Nullable Instant created, Offer offer)
        implements Judged {}

    /** It does not. */
    record Bad(Code code, String sentence) implements Judged {}
  }

  /** Looks at every image that is verified by signature. */
  Resolved resolve(SystemModel system, Report report) {
    SortedMap<String, CatalogueImage> catalogue = new TreeMap<>(system.config().images());
    SortedMap<String, AcceptedImages.Image> signed = new TreeMap<>();
    for (CatalogueImage image : system.config().images().values()) {
      if (image.isSigned()) {
        Optional<AcceptedImages.Image> found = resolve(image, system, report);
        found.ifPresent(one -> {
          catalogue.put(image.name(), image.withDigest(one.sha256()));
          signed.put(image.url(), one);
        });
        // What no longer counts still tells what is older.
        Optional.ofNullable(accepted.get(image.url()))
            .ifPresent(one -> signed.putIfAbsent(image.url(), one));
      }
    }
    return new Resolved(
        new SystemModel(
            system.config().with(catalogue),
            system.tenants(),
            system.signers(),
            system.templates(),
            system.units()),
        signed);
  }

  private Optional<AcceptedImages.Image> resolve(
      CatalogueImage image, SystemModel system, Report report) {
    Optional<Judged.Good> standing = standing(image);
    Optional<Offer> offer = Offer.fetched(objects, image);
    if (offer.isPresent() || keys.isEmpty()) {
      switch (offer.map(one -> judge(image, one, standing)).orElseGet(this::noKeys)) {
        case Judged.Good good -> {
          return Optional.of(record(image, good));
        }
        case Judged.Bad bad ->
            report.add(
                bad.code(),
                system.config().origin().at(image.pointer()),
                "image "
                    + Quote.quote(image.name())
                    + " "
                    + bad.sentence()
                    + standing
                        .map(good -> "; sha256:" + good.sha256() + ", accepted before, stays")
                        .orElse(""),
                expected(bad),
                help(bad));
      }
    }
    return standing.flatMap(_ -> Optional.ofNullable(accepted.get(image.url())));
  }

  private Judged.Bad noKeys() {
    return new Judged.Bad(
        Code.BB608, "cannot be verified: this host knows no key of a publisher of images");
  }

  private String expected(Judged.Bad bad) {
    return bad.code() == Code.BB608 && !keys.isEmpty()
        ? "a signature by one of " + keys.size() + " keys for the purpose image"
        : "";
  }

  private String help(Judged.Bad bad) {
    if (bad.code() == Code.BB609) {
      return "wait if the server is behind others; to go back to an older image pin its digest:"
          + " verify: \"sha256:…\"";
    }
    String add = "`bitbuilder voa import FILE --purpose=image`";
    return keys.isEmpty()
        ? "get the certificate or SSH key of the publisher, and trust it: " + add
        : "see `bitbuilder voa list --purpose=image`; another key of the publisher is trusted with "
            + add;
  }

  /** What an offer says, if it is signed. */
  private Judged verify(CatalogueImage image, Offer offer) {
    if (keys.isEmpty()) {
      return noKeys();
    }
    return switch (verdict(offer)) {
      case Verdict.Bad(Reason _, String sentence) ->
          new Judged.Bad(
              Code.BB608, "is not signed by somebody who may: " + offer.source() + ": " + sentence);
      case Verdict.Good good ->
          switch (Checksums.find(offer.list(), Offer.fileName(image))) {
            case Checksums.Found.Digest(String sha256) ->
                new Judged.Good(sha256, good.key().fingerprint(), good.created(), offer);
            case Checksums.Found.Nothing(String sentence) ->
                new Judged.Bad(
                    Code.BB608,
                    "is not among what is signed: "
                        + Quote.quote(Offer.fileName(image))
                        + ": "
                        + sentence);
          };
    };
  }

  private Verdict verdict(Offer offer) {
    Verdict verdict = verdict(offer, NAMESPACE);
    return verdict instanceof Verdict.Bad(Reason reason, String _)
            && reason == Reason.WRONG_NAMESPACE
            && verdict(offer, ANY_FILE) instanceof Verdict.Good good
        ? good
        : verdict;
  }

  private Verdict verdict(Offer offer, String namespace) {
    try {
      return new Verifier(keys, now, namespace)
          .detached(new ByteArrayInputStream(offer.list()), offer.signature());
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail", e);
    }
  }

  /** The same, next to what was accepted before. */
  private Judged judge(CatalogueImage image, Offer offer, Optional<Judged.Good> standing) {
    Judged judged = verify(image, offer);
    if (!(judged instanceof Judged.Good good)
        || standing.isEmpty()
        || standing.get().sha256().equals(good.sha256())) {
      return judged;
    }
    return older(image, good, standing.get())
        .<Judged>map(sentence -> new Judged.Bad(Code.BB609, sentence))
        .orElse(good);
  }

  /**
   * Why it may be older. A signature of OpenPGP has a time; one of SSH has none, so that only lists
   * which were accepted here are known again.
   */
  private Optional<String> older(CatalogueImage image, Judged.Good offered, Judged.Good standing) {
    Instant before = standing.created();
    Instant created = offered.created();
    if (before != null && created != null) {
      return created.isAfter(before)
          ? Optional.empty()
          : Optional.of("is offered as signed at " + created + ", accepted as of " + before);
    }
    AcceptedImages.Image known = accepted.get(image.url());
    if (known != null && known.former().contains(digest(offered.offer()))) {
      return Optional.of("is offered as it was before the one accepted last");
    }
    return before == null
        ? Optional.empty()
        : Optional.of("is offered with a signature without a time, accepted as of " + before);
  }

  /** What was accepted last, if it would still be. */
  private Optional<Judged.Good> standing(CatalogueImage image) {
    AcceptedImages.Image known = accepted.get(image.url());
    return known != null
            && Offer.read(known.offer()).map(offer -> verify(image, offer)).orElse(null)
                instanceof Judged.Good good
            && good.sha256().equals(known.sha256())
        ? Optional.of(good)
        : Optional.empty();
  }

  /** The newer of both stays, where they name the same image. */
  private AcceptedImages.Image record(CatalogueImage image, Judged.Good good) {
    AcceptedImages.Image known = accepted.get(image.url());
    List<String> former = new ArrayList<>();
    if (known != null) {
      if (known.sha256().equals(good.sha256()) && !isNewer(image, good)) {
        return known;
      }
      Offer.read(known.offer()).ifPresent(before -> former.add(digest(before)));
      former.addAll(known.former());
    }
    former.remove(digest(good.offer()));
    return new AcceptedImages.Image(
        good.sha256(),
        good.signer(),
        good.offer().text(),
        former.stream().distinct().limit(FORMER).toList());
  }

  private boolean isNewer(CatalogueImage image, Judged.Good good) {
    Optional<Judged.Good> standing = standing(image);
    Instant before = standing.map(Judged.Good::created).orElse(null);
    Instant created = good.created();
    return standing.isEmpty() || (created != null && (before == null || created.isAfter(before)));
  }

  private static String digest(Offer offer) {
    return InputsDigest.sha256(new String(offer.list(), StandardCharsets.ISO_8859_1));
  }

  @Override
  public Optional<String> digest(CatalogueImage image, Offer offer) {
    return judge(image, offer, standing(image)) instanceof Judged.Good good
        ? Optional.of(good.sha256())
        : Optional.empty();
  }

  @Override
  public Optional<String> accepted(CatalogueImage image) {
    return standing(image).map(Judged.Good::sha256);
  }
}
