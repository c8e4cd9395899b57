package io.bitbuilder.hypervisor.signature;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bouncycastle.openpgp.PGPSignature;

/** One detached OpenPGP signature over content, of type 0x00 or 0x01. */
final class OpenPgpSignature {
  static final Duration SKEW = Duration.ofMinutes(10);
  private static final int TEXT = 1;

  private final SignaturePacket packet;

  private OpenPgpSignature(SignaturePacket packet) {
    this.packet = packet;
  }

  static OpenPgpSignature parse(byte[] bytes) throws RefusalException {
    List<Packet> packets = Packet.all(Armor.decode(bytes, Armor.SIGNATURE), 64);
    for (Packet packet : packets) {
      if (packet.tag() != Packet.SIGNATURE) {
        throw RefusalException.malformed("there is something else than a signature");
      }
    }
    if (packets.size() != 1) {
      throw packets.isEmpty()
          ? new RefusalException(Reason.UNSIGNED, "there is no signature in the armor")
          : new RefusalException(Reason.SEVERAL, "there are several signatures");
    }
    SignaturePacket packet = SignaturePacket.read(packets.getFirst());
    if (packet.type() > TEXT) {
      throw new RefusalException(Reason.WRONG_PURPOSE, "signature is not one of content");
    }
    if (packet.contradictsItself()) {
      throw RefusalException.malformed("signature names two keys");
    }
    packet.check();
    return new OpenPgpSignature(packet);
  }

  Verdict verify(List<OpenPgpCertificate> certificates, Instant now, InputStream content)
      throws RefusalException, IOException {
    Map<OpenPgpKey, OpenPgpCertificate> candidates = new LinkedHashMap<>();
    for (OpenPgpCertificate certificate : certificates) {
      for (OpenPgpKey key : certificate.keys()) {
        if (packet.names(key)) {
          candidates.put(key, certificate);
        }
      }
    }
    if (candidates.isEmpty()) {
      throw new RefusalException(Reason.UNKNOWN_KEY, "signature is by an unknown key");
    }
    Map<OpenPgpKey, PGPSignature> checkers = new LinkedHashMap<>();
    for (OpenPgpKey key : candidates.keySet()) {
      checkers.put(key, key.checker(packet));
    }
    feed(content, checkers);
    RefusalException refusal =
        new RefusalException(Reason.BAD_SIGNATURE, "signature does not fit the content");
    for (Map.Entry<OpenPgpKey, PGPSignature> checker : checkers.entrySet()) {
      if (OpenPgpKey.isGood(checker.getValue()::verify)) {
        OpenPgpCertificate certificate = Objects.requireNonNull(candidates.get(checker.getKey()));
        try {
          return judge(certificate, checker.getKey(), now);
        } catch (RefusalException e) {
          refusal = e;
        }
      }
    }
    throw refusal;
  }

  private Verdict judge(OpenPgpCertificate certificate, OpenPgpKey key, Instant now)
      throws RefusalException {
    Instant created = Objects.requireNonNull(packet.created());
    if (created.isAfter(now.plus(SKEW))) {
      throw new RefusalException(Reason.FUTURE, "signature was made later than now: " + created);
    }
    if (created.isBefore(key.created())) {
      throw new RefusalException(Reason.FUTURE, "signature was made before its key");
    }
    if (packet.isExpired(now)) {
      throw new RefusalException(Reason.EXPIRED_SIGNATURE, "signature has expired");
    }
    certificate.checkSigner(key, created, now);
    return new Verdict.Good(certificate, key.fingerprint(), created);
  }

  /**
   * A signature of text is over lines ended by CR LF, however they end here. Content with a CR of
   * its own would fit as often as without, so it is refused.
   */
  private void feed(InputStream content, Map<OpenPgpKey, PGPSignature> checkers)
      throws RefusalException, IOException {
    byte[] buffer = new byte[64 << 10];
    for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
      if (packet.type() == TEXT) {
        for (int i = 0; i < count; i++) {
          if (buffer[i] == '\r') {
            throw new RefusalException(
                Reason.UNSUPPORTED, "text with CR under a signature that ignores CR");
          }
        }
      }
      for (PGPSignature checker : checkers.values()) {
        checker.update(buffer, 0, count);
      }
    }
  }
}
