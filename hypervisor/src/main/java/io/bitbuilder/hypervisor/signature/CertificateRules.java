package io.bitbuilder.hypervisor.signature;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which keys of a certificate may sign, and when: what the primary key says in signatures that were
 * verified. The newest of a kind decides; when that one is weak or demands something unknown, none
 * before it does. A revocation counts whatever its digest and whatever it demands.
 */
final class CertificateRules {
  private static final int DIRECT = 0x1f;
  static final int KEY_REVOCATION = 0x20;
  private static final int BINDING = 0x18;
  static final int SUBKEY_REVOCATION = 0x28;
  private static final int FIRST_CERTIFICATION = 0x10;
  private static final int LAST_CERTIFICATION = 0x13;
  private static final int CERTIFICATION_REVOCATION = 0x30;
  private static final int CONFIRMATION = 0x19;

  private static final int MAY_SIGN = 0x02;

  /** Reasons that leave what was signed before as it was: superseded, retired (5.2.3.31). */
  private static final List<Integer> SOFT = List.of(1, 3);

  private static final Comparator<SignaturePacket> BY_AGE =
      Comparator.comparing(it -> Objects.requireNonNull(it.created()));

  private final OpenPgpKey primary;
  private final List<SignaturePacket> direct = new ArrayList<>();
  private final List<SignaturePacket> revocations = new ArrayList<>();
  private final List<UserId> userIds = new ArrayList<>();
  private final Map<String, Subkey> subkeys = new LinkedHashMap<>();
  private boolean revokedByOthers;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record UserId(
      byte[] id, List<SignaturePacket> certifications, List<SignaturePacket> revocations) {}

  private record Subkey(
      OpenPgpKey key, List<SignaturePacket> bindings, List<SignaturePacket> revocations) {}

  private CertificateRules(OpenPgpKey primary) {
    this.primary = primary;
  }

  static CertificateRules of(CertificateParts parts) {
    CertificateRules rules = new CertificateRules(parts.primary());
    for (CertificateParts.Group group : parts.groups()) {
      switch (group.subject().tag()) {
        case Packet.PRIMARY -> rules.readDirect(group.signatures());
        case Packet.USER_ID -> rules.readUserId(group);
        case Packet.SUBKEY -> rules.readSubkey(group);
        default -> {} // user attributes certify nothing we need
      }
    }
    rules.readRevocations(parts.groups());
    return rules;
  }

  private void readDirect(List<SignaturePacket> signatures) {
    for (SignaturePacket signature : signatures) {
      if (signature.type() == DIRECT && isOwn(signature) && primary.signedItself(signature)) {
        direct.add(signature);
      }
    }
  }

  private void readUserId(CertificateParts.Group group) {
    byte[] id = group.subject().body();
    UserId userId = new UserId(id, new ArrayList<>(), new ArrayList<>());
    for (SignaturePacket signature : group.signatures()) {
      int type = signature.type();
      if (type >= FIRST_CERTIFICATION && type <= LAST_CERTIFICATION) {
        if (isOwn(signature) && primary.signedUserId(signature, id)) {
          userId.certifications.add(signature);
        }
      } else if (type == CERTIFICATION_REVOCATION && primary.signedUserId(signature, id)) {
        userId.revocations.add(signature);
      }
    }
    userIds.add(userId);
  }

  private void readSubkey(CertificateParts.Group group) {
    OpenPgpKey key;
    try {
      key = OpenPgpKey.of(group.subject());
    } catch (RefusalException _) {
      return;
    }
    Subkey subkey =
        subkeys.computeIfAbsent(
            key.fingerprint(), _ -> new Subkey(key, new ArrayList<>(), new ArrayList<>()));
    for (SignaturePacket signature : group.signatures()) {
      if (signature.type() == BINDING && isOwn(signature) && primary.signedSubkey(signature, key)) {
        subkey.bindings.add(signature);
      } else if (signature.type() == SUBKEY_REVOCATION && primary.signedSubkey(signature, key)) {
        subkey.revocations.add(signature);
      }
    }
  }

  private boolean isOwn(SignaturePacket signature) {
    return signature.names(primary) && signature.created() != null;
  }

  /**
   * Wherever they stand; a revocation by somebody the key named cannot be checked, so it counts.
   */
  private void readRevocations(List<CertificateParts.Group> groups) {
    boolean others = direct.stream().anyMatch(it -> !it.hashed().all(Subpackets.REVOKER).isEmpty());
    for (CertificateParts.Group group : groups) {
      for (SignaturePacket signature : group.signatures()) {
        if (signature.type() == KEY_REVOCATION) {
          if (primary.signedItself(signature)) {
            revocations.add(signature);
          } else {
            revokedByOthers |= others;
          }
        }
      }
    }
  }

  List<byte[]> userIds() {
    return userIds.stream().filter(it -> !isRevoked(it)).map(UserId::id).toList();
  }

  private static boolean isRevoked(UserId userId) {
    Optional<SignaturePacket> newest = userId.certifications.stream().max(BY_AGE);
    return newest.isEmpty()
        || userId.revocations.stream()
            .anyMatch(it -> it.created() == null || BY_AGE.compare(it, newest.get()) >= 0);
  }

  /**
   * Refuses a key that might not sign content.
   *
   * @param key one of the certificate's
   * @param signed when the signature says it was made
   * @param now the caller's clock
   */
  void check(OpenPgpKey key, Instant signed, Instant now) throws RefusalException {
    if (revokedByOthers) {
      throw new RefusalException(
          Reason.REVOKED_KEY, "certificate may be revoked by somebody it names for that");
    }
    checkRevoked(revocations, signed, "certificate");
    List<SignaturePacket> valid = valid(direct, now);
    List<SignaturePacket> certifications =
        userIds.stream()
            .filter(it -> !isRevoked(it))
            .flatMap(it -> valid(it.certifications, now).stream())
            .toList();
    if (valid.isEmpty() && certifications.isEmpty()) {
      throw new RefusalException(
          Reason.WRONG_PURPOSE, "certificate has no valid signature by itself");
    }
    checkNewest(valid);
    checkNewest(certifications);
    checkExpiry(primary, span(valid, certifications), signed);
    if (key.fingerprint().equals(primary.fingerprint())) {
      checkFlags(newestWith(valid, Subpackets.FLAGS).or(() -> certifications.stream().max(BY_AGE)));
    } else {
      checkSubkey(Objects.requireNonNull(subkeys.get(key.fingerprint())), signed, now);
    }
  }

  private void checkSubkey(Subkey subkey, Instant signed, Instant now) throws RefusalException {
    checkRevoked(subkey.revocations, signed, "subkey");
    Optional<SignaturePacket> binding = valid(subkey.bindings, now).stream().max(BY_AGE);
    if (binding.isEmpty()) {
      throw new RefusalException(
          Reason.WRONG_PURPOSE, "subkey has no valid signature by its certificate");
    }
    checkFlags(binding);
    List<SignaturePacket> confirmations = new ArrayList<>();
    for (Subpackets area : List.of(binding.get().hashed(), binding.get().unhashed())) {
      for (byte[] embedded : area.all(Subpackets.EMBEDDED)) {
        try {
          SignaturePacket it = SignaturePacket.read(new Packet(Packet.SIGNATURE, embedded));
          if (it.type() == CONFIRMATION && !it.isExpired(now) && confirmations.size() < 4) {
            confirmations.add(it);
          }
        } catch (RefusalException _) {
          // Then it confirms nothing.
        }
      }
    }
    if (!subkey.key.confirmed(confirmations, primary)) {
      throw new RefusalException(
          Reason.WRONG_PURPOSE, "subkey does not confirm that it belongs to its certificate");
    }
    checkExpiry(subkey.key, binding.get().hashed().seconds(Subpackets.KEY_EXPIRES), signed);
  }

  private static void checkRevoked(List<SignaturePacket> revocations, Instant signed, String what)
      throws RefusalException {
    for (SignaturePacket revocation : revocations) {
      Instant created = revocation.created();
      boolean soft =
          SOFT.contains(revocation.hashed().octet(Subpackets.REVOCATION_REASON))
              && revocation.hashed().flaw() == null;
      if (!soft || created == null) {
        throw new RefusalException(Reason.REVOKED_KEY, what + " is revoked, whatever it signed");
      }
      if (!signed.isBefore(created)) {
        throw new RefusalException(
            Reason.REVOKED_KEY, what + " was revoked before it signed, at " + created);
      }
    }
  }

  private static void checkNewest(List<SignaturePacket> signatures) throws RefusalException {
    Optional<SignaturePacket> newest = signatures.stream().max(BY_AGE);
    if (newest.isPresent()) {
      newest.get().check();
    }
  }

  private static List<SignaturePacket> valid(List<SignaturePacket> signatures, Instant now) {
    return signatures.stream()
        .filter(it -> !it.isExpired(now))
        .filter(
            it -> !Objects.requireNonNull(it.created()).isAfter(now.plus(OpenPgpSignature.SKEW)))
        .toList();
  }

  private static Optional<SignaturePacket> newestWith(
      List<SignaturePacket> signatures, int subpacket) {
    return signatures.stream().filter(it -> !it.hashed().all(subpacket).isEmpty()).max(BY_AGE);
  }

  /** A direct signature that says until when goes before those on user ids. */
  private static long span(List<SignaturePacket> direct, List<SignaturePacket> certifications) {
    return newestWith(direct, Subpackets.KEY_EXPIRES)
        .or(() -> certifications.stream().max(BY_AGE))
        .map(it -> it.hashed().seconds(Subpackets.KEY_EXPIRES))
        .orElse(-1L);
  }

  private static void checkExpiry(OpenPgpKey key, long span, Instant signed)
      throws RefusalException {
    if (span > 0 && !signed.isBefore(key.created().plusSeconds(span))) {
      throw new RefusalException(
          Reason.EXPIRED_KEY,
          "key had expired before it signed, at " + key.created().plusSeconds(span));
    }
  }

  private static void checkFlags(Optional<SignaturePacket> from) throws RefusalException {
    if (from.isPresent()) {
      from.get().check();
    }
    int flags = from.map(it -> it.hashed().octet(Subpackets.FLAGS)).orElse(-1);
    if (flags < 0 || (flags & MAY_SIGN) == 0) {
      throw new RefusalException(Reason.WRONG_PURPOSE, "key may not sign content");
    }
  }
}
