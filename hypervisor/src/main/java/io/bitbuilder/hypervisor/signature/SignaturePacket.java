package io.bitbuilder.hypervisor.signature;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A signature of version 4 (RFC 9580 section 5.2.3), read but not yet believed.
 *
 * @param type what it signs, section 5.2.1
 * @param algorithm of the key
 * @param hash of what is signed
 * @param hashed what the signer says
 * @param unhashed what anybody may have written since: hints
 * @param packet it comes from
 */
record SignaturePacket(
    int type, int algorithm, int hash, Subpackets hashed, Subpackets unhashed, Packet packet) {
  private static final Set<Integer> GOOD_HASHES = Set.of(8, 9, 10, 11, 12, 14);
  private static final Set<Integer> WEAK_HASHES = Set.of(1, 2, 3);

  static SignaturePacket read(Packet packet) throws RefusalException {
    byte[] body = packet.body();
    if (body.length < 1 || body[0] != 4) {
      throw new RefusalException(Reason.UNSUPPORTED, "an OpenPGP signature is not of version 4");
    }
    ByteBuffer rest = ByteBuffer.wrap(body, 1, body.length - 1);
    if (rest.remaining() < 3) {
      throw ends();
    }
    int type = rest.get() & 0xff;
    int algorithm = rest.get() & 0xff;
    int hash = rest.get() & 0xff;
    Subpackets hashed = Subpackets.read(area(rest));
    Subpackets unhashed = Subpackets.read(area(rest));
    checkNumbers(algorithm, rest);
    return new SignaturePacket(type, algorithm, hash, hashed, unhashed, packet);
  }

  private static byte[] area(ByteBuffer rest) throws RefusalException {
    int length = rest.remaining() < 2 ? -1 : rest.getShort() & 0xffff;
    if (length < 0 || length > rest.remaining()) {
      throw ends();
    }
    byte[] area = new byte[length];
    rest.get(area);
    return area;
  }

  /** The two octets of the digest, and as many numbers as the algorithm has, and no more. */
  private static void checkNumbers(int algorithm, ByteBuffer rest) throws RefusalException {
    if (rest.remaining() < 2) {
      throw ends();
    }
    rest.getShort();
    if (algorithm == OpenPgpKey.ED25519 || algorithm == OpenPgpKey.ED448) {
      if (rest.remaining() != (algorithm == OpenPgpKey.ED25519 ? 64 : 114)) {
        throw ends();
      }
      return;
    }
    int numbers = 0;
    while (rest.hasRemaining()) {
      int octets = rest.remaining() < 2 ? -1 : ((rest.getShort() & 0xffff) + 7) / 8;
      if (octets < 0 || octets > rest.remaining()) {
        throw ends();
      }
      rest.position(rest.position() + octets);
      numbers++;
    }
    if (numbers != (algorithm == OpenPgpKey.RSA || algorithm == OpenPgpKey.RSA_SIGN ? 1 : 2)) {
      throw RefusalException.malformed("an OpenPGP signature has numbers too many or too few");
    }
  }

  private static RefusalException ends() {
    return RefusalException.malformed("an OpenPGP signature is not as long as it says");
  }

  /** When the signer says it was made; none when it does not say. */
  @Nullable Instant created() {
    long seconds = hashed.seconds(Subpackets.CREATED);
    return seconds < 0 ? null : Instant.ofEpochSecond(seconds);
  }

  /** Whether it says that it no longer counts. */
  boolean isExpired(Instant now) {
    Instant created = created();
    long span = hashed.seconds(Subpackets.EXPIRES);
    return created == null || (span > 0 && !now.isBefore(created.plusSeconds(span)));
  }

  boolean isWeak() {
    return WEAK_HASHES.contains(hash);
  }

  /** Refuses what nothing may be concluded from, whoever made it. */
  void check() throws RefusalException {
    RefusalException flaw = hashed.flaw();
    if (flaw != null) {
      throw flaw;
    }
    if (created() == null) {
      throw RefusalException.malformed("an OpenPGP signature does not say when it was made");
    }
    if (isWeak()) {
      throw new RefusalException(Reason.WEAK, "signature is over a digest by MD5, SHA-1 or RIPEMD");
    }
    if (!GOOD_HASHES.contains(hash)) {
      throw new RefusalException(Reason.UNSUPPORTED, "signature is over a digest not judged");
    }
  }

  boolean isSound() {
    try {
      check();
      return true;
    } catch (RefusalException _) {
      return false;
    }
  }

  /** Whether by its hints this key may have made it. */
  boolean names(OpenPgpKey key) {
    List<String> fingerprints = new ArrayList<>(hashed.fingerprints());
    fingerprints.addAll(unhashed.fingerprints());
    List<String> ids = new ArrayList<>(hashed.ids());
    ids.addAll(unhashed.ids());
    return (!fingerprints.isEmpty() || !ids.isEmpty())
        && fingerprints.stream().allMatch(key.fingerprint()::equals)
        && ids.stream().allMatch(key.fingerprint()::endsWith);
  }

  /** Whether its hints name two keys. */
  boolean contradictsItself() {
    List<String> names = new ArrayList<>(hashed.fingerprints());
    names.addAll(unhashed.fingerprints());
    names.addAll(hashed.ids());
    names.addAll(unhashed.ids());
    return names.stream()
            .map(name -> name.substring(name.length() - 16))
            .distinct()
            .limit(2)
            .count()
        > 1;
  }
}
