package io.bitbuilder.hypervisor.signature;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A signature by {@code ssh-keygen -Y sign} (PROTOCOL.sshsig of OpenSSH).
 *
 * @param signer the key in it
 * @param namespace what it was made for
 * @param hash of the message: sha256 or sha512
 * @param algorithm of {@code value}
 * @param value what the algorithm made
 * @param touch flags and counter of a security key, five bytes; none for other keys
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SshSignature(
    SshKey signer,
    String namespace,
    String hash,
    String algorithm,
    byte[] value,
    byte @Nullable [] touch) {
  static final String BEGIN = "-----BEGIN SSH SIGNATURE-----";
  private static final String END = "-----END SSH SIGNATURE-----";
  private static final byte[] MAGIC = "SSHSIG".getBytes(StandardCharsets.US_ASCII);

  /** RSA alone has more than one algorithm for a key; ssh-rsa would be SHA-1. */
  private static final Map<String, String> RSA =
      Map.of("rsa-sha2-256", "SHA256withRSA", "rsa-sha2-512", "SHA512withRSA");

  private static final int USER_PRESENT = 1;

  static SshSignature parse(byte[] armored) throws RefusalException {
    SshReader reader = new SshReader(binary(armored), "SSH signature");
    if (!Arrays.equals(reader.take(MAGIC.length), MAGIC)) {
      throw RefusalException.malformed("SSH signature does not begin with SSHSIG");
    }
    if (reader.number() != 1) {
      throw new RefusalException(Reason.UNSUPPORTED, "SSH signature is not of version 1");
    }
    SshKey signer = SshKey.of(reader.string(), "");
    String namespace = reader.text();
    // ssh-keygen ignores what is in it, and then it is not what was signed.
    if (reader.string().length > 0) {
      throw RefusalException.malformed("SSH signature has something in its reserved field");
    }
    String hash = reader.text();
    if (!"sha256".equals(hash) && !"sha512".equals(hash)) {
      throw new RefusalException(Reason.UNSUPPORTED, "SSH signature has another hash than SHA-2");
    }
    SshReader inner = new SshReader(reader.string(), "SSH signature");
    reader.end();
    String algorithm = inner.text();
    if ("ssh-rsa".equals(algorithm)) {
      throw new RefusalException(Reason.WEAK, "SSH signature is of ssh-rsa, which is SHA-1");
    }
    boolean fits =
        signer.kind() == SshKind.RSA
            ? RSA.containsKey(algorithm)
            : signer.kind().label().equals(algorithm);
    if (!fits) {
      throw new RefusalException(
          Reason.UNSUPPORTED, "SSH signature is of an algorithm its key does not have");
    }
    byte[] value = inner.string();
    byte[] touch = signer.kind().isSecurityKey() ? inner.take(5) : null;
    inner.end();
    return new SshSignature(signer, namespace, hash, algorithm, value, touch);
  }

  Verdict verify(List<SshKey> keys, String wanted, InputStream content)
      throws RefusalException, IOException {
    if (!namespace.equals(wanted)) {
      throw new RefusalException(
          Reason.WRONG_NAMESPACE, "SSH signature is not made for `" + wanted + "`");
    }
    for (SshKey key : keys) {
      if (key.equals(signer)) {
        if (!fits(digest(content))) {
          throw new RefusalException(Reason.BAD_SIGNATURE, "signature does not fit the content");
        }
        if (touch != null && (touch[0] & USER_PRESENT) == 0) {
          throw new RefusalException(
              Reason.WRONG_PURPOSE, "nobody touched the security key when it signed");
        }
        return new Verdict.Good(key, key.fingerprint(), null);
      }
    }
    throw new RefusalException(
        Reason.UNKNOWN_KEY, "signature is by the unknown key " + signer.fingerprint());
  }

  private byte[] digest(InputStream content) throws IOException {
    MessageDigest digest = Digests.of("sha256".equals(hash) ? "SHA-256" : "SHA-512");
    byte[] buffer = new byte[64 << 10];
    for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
      digest.update(buffer, 0, count);
    }
    return digest.digest();
  }

  private boolean fits(byte[] digest) throws RefusalException {
    ByteArrayOutputStream blob = new ByteArrayOutputStream();
    blob.writeBytes(MAGIC);
    string(blob, namespace.getBytes(StandardCharsets.US_ASCII));
    string(blob, new byte[0]);
    string(blob, hash.getBytes(StandardCharsets.US_ASCII));
    string(blob, digest);
    byte[] message = touch == null ? blob.toByteArray() : touched(touch, blob.toByteArray());
    String ecdsa = signer.kind().ecdsa();
    String name = ecdsa != null ? ecdsa : RSA.getOrDefault(algorithm, "Ed25519");
    try {
      Signature signature = Signature.getInstance(name);
      signature.initVerify(signer.key());
      signature.update(message);
      return signature.verify(ecdsa == null ? value : fixed());
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  /** What a security key signs (PROTOCOL.u2f): application, flags and counter, message. */
  private byte[] touched(byte[] flags, byte[] message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(Digests.of("SHA-256").digest(signer.application()));
    bytes.writeBytes(flags);
    bytes.writeBytes(Digests.of("SHA-256").digest(message));
    return bytes.toByteArray();
  }

  /** The two numbers of ECDSA in the JDK's form, each as long as the curve's order. */
  private byte[] fixed() throws RefusalException {
    SshReader reader = new SshReader(value, "SSH signature");
    byte[] r = reader.positive().toByteArray();
    byte[] s = reader.positive().toByteArray();
    reader.end();
    int size =
        switch (signer.kind()) {
          case ECDSA_384 -> 48;
          case ECDSA_521 -> 66;
          case ECDSA_256, SK_ECDSA, ED25519, SK_ED25519, RSA -> 32;
        };
    byte[] both = new byte[2 * size];
    place(r, both, size);
    place(s, both, 2 * size);
    return both;
  }

  private static void place(byte[] number, byte[] into, int end) throws RefusalException {
    int skip = number[0] == 0 ? 1 : 0;
    int length = number.length - skip;
    if (length > into.length / 2) {
      throw RefusalException.malformed("SSH signature has a number longer than its curve");
    }
    System.arraycopy(number, skip, into, end - length, length);
  }

  private static void string(ByteArrayOutputStream out, byte[] bytes) {
    out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
    out.writeBytes(bytes);
  }

  private static byte[] binary(byte[] armored) throws RefusalException {
    String text = new String(armored, StandardCharsets.ISO_8859_1).stripTrailing();
    if (!text.startsWith(BEGIN) || !text.endsWith(END)) {
      throw RefusalException.malformed("SSH signature is cut off, or something follows its end");
    }
    String body =
        text.substring(BEGIN.length(), Math.max(BEGIN.length(), text.length() - END.length()));
    if (!body.startsWith("\n") || !body.endsWith("\n")) {
      throw RefusalException.malformed("SSH signature does not begin and end on lines of its own");
    }
    if (body.contains("-----BEGIN")) {
      throw new RefusalException(Reason.SEVERAL, "there are several signatures");
    }
    try {
      return Base64.getDecoder().decode(body.replace("\n", ""));
    } catch (IllegalArgumentException _) {
      throw RefusalException.malformed("SSH signature is not base64");
    }
  }
}
