package io.bitbuilder.hypervisor.trust;

import io.bitbuilder.hypervisor.model.Signer;
import io.bitbuilder.hypervisor.model.Signer.Role;
import io.bitbuilder.hypervisor.model.Signers;
import io.bitbuilder.hypervisor.signature.OpenPgpCertificate;
import io.bitbuilder.hypervisor.signature.Parsed;
import io.bitbuilder.hypervisor.signature.SshKey;
import io.bitbuilder.hypervisor.signature.TrustedKey;
import io.bitbuilder.hypervisor.signature.Verifier;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Keys, and whose they are. One key may have several holders: the host was told of it by hand and
 * the registry names it as well. Then it is revoked when one of them is.
 */
public final class Keyring {
  private final Map<String, List<Signer>> holders;
  private final List<TrustedKey> keys;
  private final Map<String, List<OpenPgpCertificate>> certificates;

  private Keyring(
      Map<String, List<Signer>> holders,
      List<TrustedKey> keys,
      Map<String, List<OpenPgpCertificate>> certificates) {
    this.holders = holders;
    this.keys = keys;
    this.certificates = certificates;
  }

  /**
   * The keys of some signers.
   *
   * @param known the certificates of the system repository, for those that name one
   * @param own keys of the host's own (UAPI.11), which count by being there: for OpenPGP they also
   *     stand in for, or revoke, what the repository has under the same fingerprint
   */
  public static Keyring of(
      Collection<Signer> signers, Signers known, Collection<? extends TrustedKey> own) {
    Map<String, List<OpenPgpCertificate>> certificates = new TreeMap<>();
    known
        .certificates()
        .forEach((fingerprint, text) ->
            certificate(text)
                .ifPresent(it ->
                    certificates.computeIfAbsent(fingerprint, _ -> new ArrayList<>()).add(it)));
    Keyring ring = new Keyring(new TreeMap<>(), new ArrayList<>(), certificates);
    for (TrustedKey key : own) {
      if (key instanceof OpenPgpCertificate certificate) {
        certificates.computeIfAbsent(key.hex(), _ -> new ArrayList<>()).add(certificate);
      }
    }
    for (TrustedKey key : own) {
      ring.add(key, Signer.ofHost("voa", List.of()));
    }
    for (Signer signer : signers) {
      for (String key : signer.keys()) {
        ring.resolve(key).forEach(found -> ring.add(found, signer));
      }
    }
    return ring;
  }

  private static Optional<OpenPgpCertificate> certificate(String text) {
    return switch (OpenPgpCertificate.parse(text.getBytes(StandardCharsets.ISO_8859_1))) {
      case Parsed.Accepted<OpenPgpCertificate>(OpenPgpCertificate value) -> Optional.of(value);
      case Parsed.Refused<OpenPgpCertificate> _ -> Optional.empty();
    };
  }

  private List<? extends TrustedKey> resolve(String key) {
    if (key.startsWith(Signer.OPENPGP)) {
      return certificates.getOrDefault(key.substring(Signer.OPENPGP.length()), List.of());
    }
    return switch (SshKey.parse(key)) {
      case Parsed.Accepted<SshKey>(SshKey value) -> List.of(value);
      case Parsed.Refused<SshKey> _ -> List.of();
    };
  }

  private void add(TrustedKey key, Signer holder) {
    keys.add(key);
    List<Signer> all = holders.computeIfAbsent(key.fingerprint(), _ -> new ArrayList<>());
    if (!all.contains(holder)) {
      all.add(holder);
    }
  }

  /** What judges signatures by these keys. */
  Verifier verifier(Instant now) {
    return new Verifier(keys, now);
  }

  /** Who has a key: several, when it was given more than once. */
  List<Signer> holders(TrustedKey key) {
    return holders.getOrDefault(key.fingerprint(), List.of());
  }

  /** Whether one who has the key and whose signatures count at that moment has the role. */
  boolean has(TrustedKey key, Role role, Instant moment) {
    return holders(key).stream()
        .anyMatch(one -> one.roles().contains(role) && one.countsAt(moment));
  }

  /** How many keys there are. */
  int size() {
    return holders.size();
  }

  /** How the keys are called in the record of a generation. */
  public Stream<String> fingerprints() {
    return holders.keySet().stream();
  }

  /** The names of all who have keys here, for people. */
  public String names() {
    TreeSet<String> names = new TreeSet<>();
    holders.values().forEach(list -> list.forEach(one -> names.add(one.name())));
    return String.join(", ", names);
  }
}
