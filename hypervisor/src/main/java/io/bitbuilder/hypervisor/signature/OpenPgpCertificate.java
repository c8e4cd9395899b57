package io.bitbuilder.hypervisor.signature;

import java.util.Collection;
import java.util.List;

/** An OpenPGP certificate: primary key, user ids, subkeys and what is certified of them. */
public final class OpenPgpCertificate implements TrustedKey {
  /** The largest certificate read, in bytes. */
  public static final int LIMIT = 1 << 20;

  private OpenPgpCertificate() {}

  /**
   * Reads exactly one certificate of version 4 (RFC 9580 section 10.1).
   *
   * @param bytes armored, or binary
   */
  public static Parsed<OpenPgpCertificate> parse(byte[] bytes) {
    return new Parsed.Refused<>(Reason.UNSUPPORTED, "not written yet");
  }

  /**
   * Combines copies of the same certificate: all that any copy holds, so that a revocation in any
   * of them counts. Certificates of different fingerprints stay apart; order is that of the first.
   */
  public static List<OpenPgpCertificate> merge(
      Collection<? extends OpenPgpCertificate> certificates) {
    return List.copyOf(certificates);
  }

  @Override
  public String fingerprint() {
    return "";
  }

  @Override
  public String hex() {
    return "";
  }

  /** User ids as they are, unverified, for display; control characters must be escaped. */
  public List<String> userIds() {
    return List.of();
  }

  /** Fingerprints of the keys that may sign now: primary first; for display. */
  public List<String> signers() {
    return List.of();
  }
}
