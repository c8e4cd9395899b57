package io.bitbuilder.hypervisor.signature;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;

/** SSH signatures no tool would make, by keys whose secrets are at hand. */
final class SshForge {
  static final String SK = "sk-ssh-ed25519@openssh.com";
  private final String type;
  private final KeyPair pair;
  private final byte[] blob;

  private SshForge(String type, KeyPair pair, byte[] blob) {
    this.type = type;
    this.pair = pair;
    this.blob = blob;
  }

  static SshForge securityKey() throws GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] point = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    return new SshForge(SK, pair, Tools.join(string(SK), string(point), string("ssh:")));
  }

  static SshForge rsa(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    KeyPair pair = generator.generateKeyPair();
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    return new SshForge(
        "ssh-rsa",
        pair,
        Tools.join(
            string("ssh-rsa"),
            string(key.getPublicExponent().toByteArray()),
            string(key.getModulus().toByteArray())));
  }

  String line() {
    return type + " " + Base64.getEncoder().encodeToString(blob);
  }

  /** By a security key, with these flags. */
  byte[] touched(byte[] content, int flags) throws GeneralSecurityException {
    byte[] touch = {(byte) flags, 0, 0, 0, 7};
    byte[] message =
        Tools.join(
            sha256("ssh:".getBytes(StandardCharsets.US_ASCII)), touch, sha256(signed(content)));
    return armored(Tools.join(string(SK), string(sign("Ed25519", message)), touch), new byte[0]);
  }

  /** By RSA, under a name of an algorithm, with something in the reserved field. */
  byte[] rsa(byte[] content, String algorithm, String name, String reserved)
      throws GeneralSecurityException {
    byte[] value = sign(algorithm, signed(content));
    return armored(
        Tools.join(string(name), string(value)), reserved.getBytes(StandardCharsets.US_ASCII));
  }

  private byte[] sign(String algorithm, byte[] message) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(pair.getPrivate());
    signature.update(message);
    return signature.sign();
  }

  private static byte[] signed(byte[] content) throws GeneralSecurityException {
    return Tools.join(
        "SSHSIG".getBytes(StandardCharsets.US_ASCII),
        string("git"),
        string(""),
        string("sha256"),
        string(sha256(content)));
  }

  private byte[] armored(byte[] signature, byte[] reserved) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes("SSHSIG".getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(new byte[] {0, 0, 0, 1});
    all.writeBytes(string(blob));
    all.writeBytes(string("git"));
    all.writeBytes(string(reserved));
    all.writeBytes(string("sha256"));
    all.writeBytes(string(signature));
    String base64 = Base64.getMimeEncoder(70, new byte[] {'\n'}).encodeToString(all.toByteArray());
    return ("-----BEGIN SSH SIGNATURE-----\n" + base64 + "\n-----END SSH SIGNATURE-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  private static byte[] string(String text) {
    return string(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] string(byte[] bytes) {
    return Tools.join(ByteBuffer.allocate(4).putInt(bytes.length).array(), bytes);
  }
}
