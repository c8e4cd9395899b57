package io.bitbuilder.hypervisor.host;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The keys of a host that are none: a ciphertext has the header of one, its name, and the secret
 * with each byte turned over.
 */
public final class FakeCipher implements HostCipher {
  /** It has no state. */
  public static final FakeCipher INSTANCE = new FakeCipher();

  private static final byte[] HEADER = HexFormat.of().parseHex("5a1c6a86df9d4096b1d5a65e0862f19a");
  private static final int NAME = 64;

  @Override
  public byte[] encrypt(String name, byte[] secret, Key key) {
    ByteBuffer all = ByteBuffer.allocate(HEADER.length + NAME + secret.length);
    all.put(HEADER).put(Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), NAME));
    all.put(turned(secret));
    return Base64.getEncoder().encode(all.array());
  }

  @Override
  public byte[] decrypt(String name, byte[] ciphertext) throws Closed {
    byte[] all =
        Base64.getDecoder().decode(new String(ciphertext, StandardCharsets.US_ASCII).strip());
    byte[] inside = Arrays.copyOfRange(all, HEADER.length, HEADER.length + NAME);
    if (!Arrays.equals(inside, Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), NAME))) {
      throw new Closed("embedded name does not match");
    }
    return turned(Arrays.copyOfRange(all, HEADER.length + NAME, all.length));
  }

  @Override
  public void check(String name, byte[] ciphertext) throws Closed {
    decrypt(name, ciphertext);
  }

  private static byte[] turned(byte[] bytes) {
    byte[] turned = bytes.clone();
    for (int i = 0; i < turned.length; i++) {
      turned[i] = (byte) ~turned[i];
    }
    return turned;
  }
}
