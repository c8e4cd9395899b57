package io.bitbuilder.hypervisor.signature;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The packets of a certificate in their order (RFC 9580 section 10.1.1), nothing verified.
 *
 * @param primary the key that certifies
 * @param groups what it certifies, each with the signatures behind it; the first is the key itself
 */
record CertificateParts(OpenPgpKey primary, List<Group> groups) {
  private static final int MOST_SUBKEYS = 64;
  private static final int MOST_SIGNATURES = 1000;

  /** Not of interest, by section 5.10, 5.8 and 5.14. */
  private static final Set<Integer> IGNORED = Set.of(Packet.MARKER, Packet.TRUST, Packet.PADDING);

  /**
   * A key, user id or user attribute, and signatures.
   *
   * @param subject as it is in the certificate
   * @param signatures those that could be read
   */
  record Group(Packet subject, List<SignaturePacket> signatures) {}

  static CertificateParts read(byte[] bytes) throws RefusalException {
    if (bytes.length > OpenPgpCertificate.LIMIT) {
      throw RefusalException.malformed(
          "certificate is larger than " + OpenPgpCertificate.LIMIT + " bytes");
    }
    List<Group> groups = new ArrayList<>();
    for (Packet packet : Packet.all(Armor.decode(bytes, Armor.CERTIFICATE), 4000)) {
      if (IGNORED.contains(packet.tag()) || packet.tag() >= 40) {
        continue;
      }
      if (groups.isEmpty() != (packet.tag() == Packet.PRIMARY)) {
        throw groups.isEmpty()
            ? RefusalException.malformed("certificate does not begin with a public key")
            : new RefusalException(Reason.SEVERAL, "there are several certificates");
      }
      switch (packet.tag()) {
        case Packet.PRIMARY, Packet.SUBKEY, Packet.USER_ID, Packet.USER_ATTRIBUTE ->
            groups.add(new Group(packet, new ArrayList<>()));
        case Packet.SIGNATURE -> add(packet, groups.getLast().signatures());
        default -> throw RefusalException.malformed("certificate has a packet it cannot have");
      }
    }
    return of(groups);
  }

  private static void add(Packet packet, List<SignaturePacket> signatures) throws RefusalException {
    try {
      SignaturePacket signature = SignaturePacket.read(packet);
      OpenPgpKey.read(signature);
      signatures.add(signature);
    } catch (RefusalException _) {
      // Others may have certified it in forms of their own; but what is revoked must be known.
      byte[] body = packet.body();
      int type = body.length < 3 ? 0 : body[body[0] == 3 ? 2 : 1];
      if (type == CertificateRules.KEY_REVOCATION || type == CertificateRules.SUBKEY_REVOCATION) {
        throw new RefusalException(
            Reason.UNSUPPORTED, "certificate has a revocation that cannot be read");
      }
    }
  }

  private static CertificateParts of(List<Group> groups) throws RefusalException {
    if (groups.isEmpty()) {
      throw RefusalException.malformed("there is no certificate");
    }
    OpenPgpKey primary = OpenPgpKey.of(groups.getFirst().subject());
    long subkeys = groups.stream().filter(it -> it.subject().tag() == Packet.SUBKEY).count();
    int signatures = groups.stream().mapToInt(it -> it.signatures().size()).sum();
    if (subkeys > MOST_SUBKEYS || signatures > MOST_SIGNATURES) {
      throw RefusalException.malformed(
          "certificate has more than "
              + (MOST_SUBKEYS + " subkeys or ")
              + (MOST_SIGNATURES + " signatures"));
    }
    return new CertificateParts(primary, List.copyOf(groups));
  }

  /** All that any of these copies holds. */
  static CertificateParts merge(List<CertificateParts> copies) {
    List<Group> merged = new ArrayList<>();
    for (CertificateParts copy : copies) {
      for (Group group : copy.groups) {
        Group into = null;
        for (Group known : merged) {
          if (known.subject().isSame(group.subject())) {
            into = known;
          }
        }
        if (into == null) {
          into = new Group(group.subject(), new ArrayList<>());
          merged.add(into);
        }
        for (SignaturePacket signature : group.signatures()) {
          if (into.signatures().stream().noneMatch(it -> it.packet().isSame(signature.packet()))) {
            into.signatures().add(signature);
          }
        }
      }
    }
    return new CertificateParts(copies.getFirst().primary, List.copyOf(merged));
  }

  /** The primary key, and the subkeys that might sign. */
  List<OpenPgpKey> keys() {
    List<OpenPgpKey> keys = new ArrayList<>(List.of(primary));
    for (Group group : groups) {
      if (group.subject().tag() == Packet.SUBKEY) {
        try {
          OpenPgpKey key = OpenPgpKey.of(group.subject());
          if (key.mightSign()) {
            keys.add(key);
          }
        } catch (RefusalException _) {
          // A subkey of another version signs nothing we judge.
        }
      }
    }
    return keys;
  }
}
