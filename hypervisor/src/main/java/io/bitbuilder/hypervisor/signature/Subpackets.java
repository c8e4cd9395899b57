package io.bitbuilder.hypervisor.signature;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a signature says of itself in one of its two areas (RFC 9580 section 5.2.3.7). */
final class Subpackets {
  static final int CREATED = 2;
  static final int EXPIRES = 3;
  static final int KEY_EXPIRES = 9;
  static final int REVOKER = 12;
  static final int ISSUER = 16;
  static final int FLAGS = 27;
  static final int REVOCATION_REASON = 29;
  static final int EMBEDDED = 32;
  static final int ISSUER_FINGERPRINT = 33;

  private static final int TRUST = 5;
  private static final int NOTATION = 20;
  private static final int KEY_BLOCK = 38;

  /**
   * Those that may be critical: understood here, or without effect on who signed. gpg knows the
   * same ones.
   */
  private static final Set<Integer> UNDERSTOOD =
      Set.of(2, 3, 4, 7, 9, 11, 12, 16, 21, 22, 24, 25, 26, 27, 29, 30, 32, 33);

  /** Those of which two would be two answers. */
  private static final Set<Integer> SINGLE =
      Set.of(CREATED, EXPIRES, KEY_EXPIRES, FLAGS, REVOCATION_REASON, ISSUER_FINGERPRINT);

  private final List<Item> items = new ArrayList<>();

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Item(int type, boolean critical, byte[] data) {}

  static Subpackets read(byte[] area) throws RefusalException {
    Subpackets all = new Subpackets();
    ByteBuffer rest = ByteBuffer.wrap(area);
    while (rest.hasRemaining()) {
      int length = length(rest);
      if (length < 1 || length > rest.remaining()) {
        throw RefusalException.malformed("an OpenPGP signature has a subpacket that ends early");
      }
      int type = rest.get() & 0xff;
      byte[] data = new byte[length - 1];
      rest.get(data);
      all.items.add(new Item(type & 0x7f, (type & 0x80) != 0, data));
    }
    return all;
  }

  private static int length(ByteBuffer rest) {
    int first = rest.get() & 0xff;
    if (first < 192) {
      return first;
    }
    if (first < 255) {
      return rest.hasRemaining() ? ((first - 192) << 8) + (rest.get() & 0xff) + 192 : -1;
    }
    return rest.remaining() < 4 ? -1 : rest.getInt();
  }

  /** Why nothing may be concluded from these, if so. */
  @Nullable RefusalException flaw() {
    for (Item item : items) {
      if (item.critical && !UNDERSTOOD.contains(item.type)) {
        return new RefusalException(
            Reason.UNSUPPORTED, "an OpenPGP signature demands something that is not understood");
      }
      // gpg refuses these, too.
      if (item.type == TRUST
          || item.type == KEY_BLOCK
          || (item.type == NOTATION && !isNotation(item.data))) {
        return new RefusalException(
            Reason.UNSUPPORTED, "an OpenPGP signature has a subpacket it should not have");
      }
      if (SINGLE.contains(item.type) && all(item.type).size() > 1) {
        return RefusalException.malformed("an OpenPGP signature says something twice");
      }
    }
    return null;
  }

  /** Flags, a name that is not empty, and a value (5.2.3.24). */
  private static boolean isNotation(byte[] data) {
    if (data.length < 8) {
      return false;
    }
    int name = ByteBuffer.wrap(data, 4, 2).getShort() & 0xffff;
    int value = ByteBuffer.wrap(data, 6, 2).getShort() & 0xffff;
    return name > 0 && data.length == 8 + name + value;
  }

  List<byte[]> all(int type) {
    return items.stream().filter(item -> item.type == type).map(Item::data).toList();
  }

  /** A time or span in seconds; -1 without one, or of another length. */
  long seconds(int type) {
    List<byte[]> all = all(type);
    return all.isEmpty() || all.getFirst().length != 4
        ? -1
        : ByteBuffer.wrap(all.getFirst()).getInt() & 0xffffffffL;
  }

  /** The first octet; -1 without one. */
  int octet(int type) {
    List<byte[]> all = all(type);
    return all.isEmpty() || all.getFirst().length == 0 ? -1 : all.getFirst()[0] & 0xff;
  }

  /** Issuers named by fingerprint, of version 4 keys. */
  List<String> fingerprints() {
    return all(ISSUER_FINGERPRINT).stream()
        .filter(data -> data.length == 21 && data[0] == 4)
        .map(data -> HexFormat.of().withUpperCase().formatHex(Arrays.copyOfRange(data, 1, 21)))
        .toList();
  }

  /** Issuers named by the last 16 digits of their fingerprint. */
  List<String> ids() {
    return all(ISSUER).stream()
        .filter(data -> data.length == 8)
        .map(HexFormat.of().withUpperCase()::formatHex)
        .toList();
  }
}
