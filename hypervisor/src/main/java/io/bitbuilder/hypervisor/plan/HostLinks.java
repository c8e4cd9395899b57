package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.TenantId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The interfaces of the host that lead to containers. nspawn names them {@code vb-} and the machine
 * (systemd-nspawn(1), {@code --network-bridge=}), and shortens what the kernel finds too long to 11
 * characters and 24 bits of a digest. With some thousand containers two of them may well be the
 * same, and the second container would not start. Taps of machines have names of our own.
 */
final class HostLinks {
  /** IFNAMSIZ of the kernel, less its end. */
  private static final int LIMIT = 15;

  private static final String PREFIX = "vb-";
  private static final int DIGITS = 4;
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  /** The key systemd has hashed names with since version 245. */
  private static final byte[] KEY = HexFormat.of().parseHex("e190a404a8ef4b518cccc33a9f11fca2");

  private final Map<String, String> holders = new HashMap<>();

  /** The interface of a machine on a bridge. */
  static String of(String machine) {
    String name = PREFIX + machine;
    if (name.length() <= LIMIT) {
      return name;
    }
    long hash = sipHash(KEY, name.getBytes(StandardCharsets.US_ASCII));
    StringBuilder shortened = new StringBuilder(name.substring(0, LIMIT - DIGITS));
    for (int shift = 6 * (DIGITS - 1); shift >= 0; shift -= 6) {
      shortened.append(ALPHABET.charAt((int) (hash >> shift) & 63));
    }
    return shortened.toString();
  }

  void hold(String name, String tenant) {
    holders.put(name, tenant);
  }

  /** Takes the name for a tenant, or gives the other tenant that has it. */
  Optional<String> claim(String name, TenantId tenant) {
    String holder = holders.putIfAbsent(name, tenant.value());
    return Optional.ofNullable(holder).filter(other -> !other.equals(tenant.value()));
  }

  /** SipHash-2-4 (Aumasson and Bernstein, 2012). */
  static long sipHash(byte[] key, byte[] message) {
    ByteBuffer keys = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
    long k0 = keys.getLong();
    long k1 = keys.getLong();
    long[] v = {
      k0 ^ 0x736f6d6570736575L,
      k1 ^ 0x646f72616e646f6dL,
      k0 ^ 0x6c7967656e657261L,
      k1 ^ 0x7465646279746573L
    };
    // Whole words, and a last one that ends in the length.
    ByteBuffer words =
        ByteBuffer.allocate(message.length / Long.BYTES * Long.BYTES + Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(message);
    words.put(words.capacity() - 1, (byte) message.length);
    words.rewind();
    while (words.hasRemaining()) {
      long word = words.getLong();
      v[3] ^= word;
      rounds(v, 2);
      v[0] ^= word;
    }
    v[2] ^= 0xff;
    rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
  }

  private static void rounds(long[] v, int count) {
    for (int i = 0; i < count; i++) {
      v[0] += v[1];
      v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
      v[0] = Long.rotateLeft(v[0], 32);
      v[2] += v[3];
      v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
      v[0] += v[3];
      v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
      v[2] += v[1];
      v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
      v[2] = Long.rotateLeft(v[2], 32);
    }
  }
}
