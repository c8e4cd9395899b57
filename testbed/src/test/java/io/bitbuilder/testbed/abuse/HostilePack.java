package io.bitbuilder.testbed.abuse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** A pack and its index, for what would be too many loose objects, and for deltas. */
public final class HostilePack {
  private static final int TREE = 2;
  private static final int BLOB = 3;
  private static final int REF_DELTA = 7;

  private record Place(int offset, int crc) {}

  private final ByteArrayOutputStream objects = new ByteArrayOutputStream();
  private final Map<String, Place> index = new TreeMap<>();

  /** Adds a tree. */
  public String tree(byte[] content) {
    return add(TREE, "tree", content);
  }

  /** Adds a file's content. */
  public String blob(byte[] content) {
    return add(BLOB, "blob", content);
  }

  /** Adds a blob that is written as a delta of another. */
  public String delta(String base, byte[] delta, byte[] content) {
    String id = name("blob", content);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    header(out, REF_DELTA, delta.length);
    out.writeBytes(HexFormat.of().parseHex(base));
    return put(id, out, delta);
  }

  /** A delta that copies the whole of its base so many times. */
  public static byte[] repeat(long size, int times) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    number(out, size);
    number(out, size * times);
    // A copy has three bytes of length. All of a base that is larger is the same.
    int part = (int) Math.min(size, 8 << 20);
    for (long left = size * times; left > 0; left -= part) {
      // From offset 0.
      out.write(0xf0);
      out.write(part);
      out.write(part >> 8);
      out.write(part >> 16);
    }
    return out.toByteArray();
  }

  private static void number(ByteArrayOutputStream out, long value) {
    long left = value;
    for (; left > 0x7f; left >>= 7) {
      out.write((int) ((left & 0x7f) | 0x80));
    }
    out.write((int) left);
  }

  private String add(int type, String word, byte[] content) {
    String id = name(word, content);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    header(out, type, content.length);
    return put(id, out, content);
  }

  private String put(String id, ByteArrayOutputStream head, byte[] content) {
    if (index.containsKey(id)) {
      return id;
    }
    try (DeflaterOutputStream out =
        new DeflaterOutputStream(head, new Deflater(Deflater.BEST_SPEED))) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    CRC32 crc = new CRC32();
    crc.update(head.toByteArray());
    index.put(id, new Place(12 + objects.size(), (int) crc.getValue()));
    objects.writeBytes(head.toByteArray());
    return id;
  }

  private static String name(String type, byte[] content) {
    MessageDigest hash = HostileRepository.sha1();
    hash.update((type + " " + content.length + "\0").getBytes(ISO_8859_1));
    return HexFormat.of().formatHex(hash.digest(content));
  }

  private static void header(ByteArrayOutputStream out, int type, long size) {
    int first = (type << 4) | (int) (size & 15);
    long left = size >> 4;
    while (left > 0) {
      out.write(first | 0x80);
      first = (int) (left & 0x7f);
      left >>= 7;
    }
    out.write(first);
  }

  /** Writes the pack and the index into a directory. */
  void write(Path directory) {
    try {
      ByteArrayOutputStream pack = new ByteArrayOutputStream();
      DataOutputStream data = new DataOutputStream(pack);
      data.writeBytes("PACK");
      data.writeInt(2);
      data.writeInt(index.size());
      objects.writeTo(data);
      byte[] sum = HostileRepository.sha1().digest(pack.toByteArray());
      data.write(sum);
      String name = "pack-" + HexFormat.of().formatHex(sum);
      Files.write(directory.resolve(name + ".pack"), pack.toByteArray());
      Files.write(directory.resolve(name + ".idx"), index(sum));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] index(byte[] sum) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(0xff744f63);
    out.writeInt(2);
    int[] fan = new int[256];
    index.keySet().forEach(id -> fan[Integer.parseInt(id.substring(0, 2), 16)]++);
    int seen = 0;
    for (int count : fan) {
      seen += count;
      out.writeInt(seen);
    }
    for (String id : index.keySet()) {
      out.write(HexFormat.of().parseHex(id));
    }
    for (Place place : index.values()) {
      out.writeInt(place.crc());
    }
    for (Place place : index.values()) {
      out.writeInt(place.offset());
    }
    out.write(sum);
    out.write(HostileRepository.sha1().digest(bytes.toByteArray()));
    return bytes.toByteArray();
  }
}
