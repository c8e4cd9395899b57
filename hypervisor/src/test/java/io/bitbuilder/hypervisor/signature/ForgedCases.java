package io.bitbuilder.hypervisor.signature;

import static io.bitbuilder.hypervisor.signature.Corpus.bytes;

import java.io.IOException;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;

/** OpenPGP signatures by keys and in forms gpg would not make, and those that are weak. */
final class ForgedCases {
  private static final byte[] PAYLOAD = bytes(Corpus.COMMIT);

  private ForgedCases() {}

  static void add(Tools tools, Corpus corpus) throws PGPException, IOException {
    forged(tools, corpus);
    weak(tools, corpus);
  }

  private static byte[] armored(byte[] signature) {
    return Forge.armored(Armor.SIGNATURE, signature);
  }

  private static OpenPgpCertificate known(Tools tools, byte[] certificate) {
    tools.gpgImport(certificate);
    return Tools.accepted(OpenPgpCertificate.parse(certificate));
  }

  private static void forged(Tools tools, Corpus corpus) throws PGPException, IOException {
    Forge plain = new Forge("plain");
    OpenPgpCertificate key =
        known(
            tools,
            plain.certificate(
                Forge.SHA256, it -> it.setKeyFlags(true, Forge.CERTIFY | Forge.SIGN)));
    PGPKeyPair by = plain.primary();
    corpus.gpg(
        "made by hand", PAYLOAD, armored(Forge.sign(by, PAYLOAD, Forge.SHA256, _ -> {})), key);
    corpus.gpg(
        "made before its key",
        PAYLOAD,
        armored(Forge.sign(by, PAYLOAD, Forge.SHA256, Forge.MADE.minusSeconds(86_400), _ -> {})),
        key);
    corpus.gpg(
        "critical notation nobody knows",
        PAYLOAD,
        armored(
            Forge.sign(
                by, PAYLOAD, Forge.SHA256, it -> it.addNotationData(true, true, "x@y", "z"))),
        key);
    corpus.gpg(
        "notation nobody knows",
        PAYLOAD,
        armored(
            Forge.sign(
                by, PAYLOAD, Forge.SHA256, it -> it.addNotationData(false, true, "x@y", "z"))),
        key);
    corpus.gpg(
        "issuer is another key",
        PAYLOAD,
        armored(
            Forge.sign(
                by,
                PAYLOAD,
                Forge.SHA256,
                it -> it.setIssuerKeyID(false, plain.subkey().getPublicKey().getKeyID()))),
        key);
    corpus.gpg(
        "user id of the signer is critical",
        PAYLOAD,
        armored(
            Forge.sign(by, PAYLOAD, Forge.SHA256, it -> it.addSignerUserID(true, "a@example.org"))),
        key);
    purposes(tools, corpus);
    revokedByHand(tools, corpus);
  }

  private static void purposes(Tools tools, Corpus corpus) throws PGPException, IOException {
    for (int flags : new int[] {Forge.CERTIFY, 0x0c}) {
      Forge forge = new Forge("flags" + flags);
      byte[] certificate = forge.certificate(Forge.SHA256, it -> it.setKeyFlags(true, flags));
      corpus.gpg(
          flags == Forge.CERTIFY ? "key only to certify" : "key only to encrypt",
          PAYLOAD,
          armored(Forge.sign(forge.primary(), PAYLOAD, Forge.SHA256, _ -> {})),
          known(tools, certificate));
    }
    Forge flagless = new Forge("flagless");
    corpus.gpg(
        "key that does not say what for",
        PAYLOAD,
        armored(Forge.sign(flagless.primary(), PAYLOAD, Forge.SHA256, _ -> {})),
        known(tools, flagless.certificate(Forge.SHA256, _ -> {})));
    for (boolean confirms : new boolean[] {true, false}) {
      Forge forge = new Forge("subkey" + confirms);
      byte[] certificate =
          Tools.join(
              forge.certificate(Forge.SHA256, it -> it.setKeyFlags(true, Forge.CERTIFY)),
              forge.subkey(confirms));
      corpus.gpg(
          "subkey that " + (confirms ? "confirms" : "does not confirm") + " its certificate",
          PAYLOAD,
          armored(Forge.sign(forge.subkey(), PAYLOAD, Forge.SHA256, _ -> {})),
          known(tools, certificate));
    }
    Forge bare = new Forge("bare");
    corpus.gpg(
        "certificate without signature by itself",
        PAYLOAD,
        armored(Forge.sign(bare.primary(), PAYLOAD, Forge.SHA256, _ -> {})),
        known(tools, Tools.join(bare.key(), new Packet(Packet.USER_ID, bytes("x")).encoded())));
  }

  private static void revokedByHand(Tools tools, Corpus corpus) throws PGPException, IOException {
    for (int reason : new int[] {1, 2}) {
      Forge forge = new Forge("subrevoked" + reason);
      byte[] certificate =
          Tools.join(
              forge.certificate(Forge.SHA256, it -> it.setKeyFlags(true, Forge.CERTIFY)),
              forge.subkey(true),
              forge.subkeyRevocation(reason));
      corpus.gpg(
          "subkey " + (reason == 1 ? "superseded" : "compromised") + " after it signed",
          PAYLOAD,
          armored(Forge.sign(forge.subkey(), PAYLOAD, Forge.SHA256, _ -> {})),
          known(tools, certificate));
    }
    Forge forge = new Forge("revokedbysha1");
    byte[] certificate =
        Tools.join(
            forge.key(),
            forge.revocation(2, Forge.SHA1),
            forge.userId(Forge.SHA256, Forge.MADE, it -> it.setKeyFlags(true, Forge.SIGN)));
    corpus.gpg(
        "key revoked in a signature by SHA-1",
        PAYLOAD,
        armored(Forge.sign(forge.primary(), PAYLOAD, Forge.SHA256, _ -> {})),
        known(tools, certificate));
  }

  private static void weak(Tools tools, Corpus corpus) throws PGPException, IOException {
    OpenPgpCertificate key = tools.export("rsa2048");
    byte[] sha1 = tools.gpgSign("20210101", "rsa2048", PAYLOAD, "--digest-algo", "SHA1");
    corpus.gpg("OpenPGP digest by SHA-1", PAYLOAD, sha1, key);
    byte[] sha512 = tools.gpgSign("20210101", "rsa2048", PAYLOAD, "--digest-algo", "SHA512");
    corpus.gpg("OpenPGP digest by SHA-512", PAYLOAD, sha512, key);
    Forge old = new Forge("old");
    corpus.gpg(
        "certificate that rests on SHA-1",
        PAYLOAD,
        armored(Forge.sign(old.primary(), PAYLOAD, Forge.SHA256, _ -> {})),
        known(tools, old.certificate(Forge.SHA1, it -> it.setKeyFlags(true, 3))));
    for (String algorithm : new String[] {"rsa1024", "dsa1024"}) {
      tools.gpgKey(algorithm, algorithm, "sign");
      corpus.gpg(
          "OpenPGP " + algorithm,
          PAYLOAD,
          tools.gpgSign("20210101", algorithm, PAYLOAD),
          tools.export(algorithm));
    }
  }
}
