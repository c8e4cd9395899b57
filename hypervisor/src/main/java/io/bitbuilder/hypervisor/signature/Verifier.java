package io.bitbuilder.hypervisor.signature;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Judges signatures against a set of keys. Whether a key was valid is asked for the time the
 * signature was made: later expiry does not matter, a key given up as compromised or for no stated
 * reason never counts, one superseded or retired counts for what it signed before (UAPI.11).
 */
public final class Verifier {
  /** The largest signature looked at, in bytes. */
  public static final int SIGNATURE_LIMIT = 64 << 10;

  /** The namespace git signs in (PROTOCOL.sshsig, git-config of gpg.format). */
  public static final String GIT = "git";

  private final List<SshKey> sshKeys = new ArrayList<>();
  private final List<OpenPgpCertificate> certificates = new ArrayList<>();
  private final Instant now;
  private final String namespace;

  /**
   * For what git signs.
   *
   * @param keys whose signatures count; copies of one certificate are merged
   * @param now the caller's clock; signatures up to ten minutes ahead of it are taken
   */
  public Verifier(Collection<? extends TrustedKey> keys, Instant now) {
    this(keys, now, GIT);
  }

  /**
   * For another purpose.
   *
   * @param namespace the SSH namespace signatures must be made in; OpenPGP has none
   */
  public Verifier(Collection<? extends TrustedKey> keys, Instant now, String namespace) {
    List<OpenPgpCertificate> copies = new ArrayList<>();
    for (TrustedKey key : keys) {
      switch (key) {
        case SshKey ssh -> sshKeys.add(ssh);
        case OpenPgpCertificate certificate -> copies.add(certificate);
      }
    }
    certificates.addAll(OpenPgpCertificate.merge(copies));
    this.now = now;
    this.namespace = namespace;
  }

  /** Judges the signature of a Git object, which must be armored. */
  public Verdict verify(SignedBytes signed) {
    byte[] signature = signed.signature();
    if (signature.length > 0 && (signature[0] & 0x80) != 0) {
      return new Verdict.Bad(Reason.MALFORMED, "signature is not armored");
    }
    try {
      return detached(new ByteArrayInputStream(signed.payload()), signature);
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail", e);
    }
  }

  /**
   * Judges a detached signature; needs the same memory for any length of content.
   *
   * @param content read to its end when the signature is worth it, otherwise not at all; not closed
   * @param signature binary or armored OpenPGP, or armored SSH
   * @throws IOException only from {@code content}
   */
  public Verdict detached(InputStream content, byte[] signature) throws IOException {
    try {
      if (signature.length == 0) {
        throw new RefusalException(Reason.UNSIGNED, "there is no signature");
      }
      if (signature.length > SIGNATURE_LIMIT) {
        throw RefusalException.malformed("signature is larger than " + SIGNATURE_LIMIT + " bytes");
      }
      if (begins(signature, SshSignature.BEGIN)) {
        return SshSignature.parse(signature).verify(sshKeys, namespace, content);
      }
      return OpenPgpSignature.parse(signature).verify(certificates, now, content);
    } catch (RefusalException e) {
      return e.verdict();
    }
  }

  private static boolean begins(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).startsWith(text);
  }
}
