package io.bitbuilder.hypervisor.signature;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An OpenPGP certificate: primary key, user ids, subkeys and what is certified of them. */
public final class OpenPgpCertificate implements TrustedKey {
  /** The largest certificate read, in bytes. */
  public static final int LIMIT = 1 << 20;

  private final CertificateParts parts;
  private final List<OpenPgpKey> keys;
  private final CertificateRules rules;

  private OpenPgpCertificate(CertificateParts parts) {
    this.parts = parts;
    this.keys = parts.keys();
    this.rules = CertificateRules.of(parts);
  }

  /**
   * Reads exactly one certificate of version 4 (RFC 9580 section 10.1). Whether its keys are strong
   * and still valid is said when a signature by them is judged.
   *
   * @param bytes armored, or binary; at most 64 subkeys and 1000 signatures
   */
  public static Parsed<OpenPgpCertificate> parse(byte[] bytes) {
    return RefusalException.outcome(() -> new OpenPgpCertificate(CertificateParts.read(bytes)));
  }

  /**
   * Combines copies of the same certificate: all that any copy holds, so that a revocation in any
   * of them counts. Certificates of different fingerprints stay apart; order is that of the first.
   */
  public static List<OpenPgpCertificate> merge(
      Collection<? extends OpenPgpCertificate> certificates) {
    Map<String, List<OpenPgpCertificate>> copies = new LinkedHashMap<>();
    for (OpenPgpCertificate certificate : certificates) {
      copies.computeIfAbsent(certificate.fingerprint(), _ -> new ArrayList<>()).add(certificate);
    }
    List<OpenPgpCertificate> merged = new ArrayList<>();
    for (List<OpenPgpCertificate> same : copies.values()) {
      merged.add(
          same.size() == 1
              ? same.getFirst()
              : new OpenPgpCertificate(
                  CertificateParts.merge(same.stream().map(it -> it.parts).toList())));
    }
    return List.copyOf(merged);
  }

  @Override
  public String fingerprint() {
    return parts.primary().fingerprint();
  }

  @Override
  public String hex() {
    return fingerprint().toLowerCase(Locale.ROOT);
  }

  /** User ids that the primary key certified and did not revoke, for display; not escaped. */
  public List<String> userIds() {
    return rules.userIds().stream().map(it -> new String(it, StandardCharsets.UTF_8)).toList();
  }

  /**
   * Fingerprints of the keys whose signatures made now would count, primary first.
   *
   * @param now the caller's clock
   */
  public List<String> signers(Instant now) {
    List<String> signers = new ArrayList<>();
    for (OpenPgpKey key : keys()) {
      try {
        checkSigner(key, now, now);
        signers.add(key.fingerprint());
      } catch (RefusalException _) {
        // Then it is not one.
      }
    }
    return List.copyOf(signers);
  }

  /** All keys that might sign, primary first. */
  List<OpenPgpKey> keys() {
    return keys;
  }

  /** Refuses a key that was not allowed to sign content at that time. */
  void checkSigner(OpenPgpKey key, Instant signed, Instant now) throws RefusalException {
    key.check();
    rules.check(key, signed, now);
  }

  @Override
  public String toString() {
    return "openpgp " + fingerprint();
  }
}
