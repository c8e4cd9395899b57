package io.bitbuilder.hypervisor.names;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Messages as a client makes and reads them, written apart from what is tested. */
final class Wire {
  /** A decoded answer. */
  record Answer(
      int id,
      int flags,
      String question,
      int type,
      List<Item> answers,
      List<Item> authorities,
      List<Item> additional) {
    int rcode() {
      return flags & 0xf;
    }

    boolean is(int flag) {
      return (flags & flag) != 0;
    }

    /** The data of the answers, as text. */
    List<String> data() {
      return answers.stream().map(Item::data).toList();
    }
  }

  /** A decoded record. */
  record Item(String name, int type, int category, long ttl, String data) {}

  static final int AA = 0x0400;
  static final int TC = 0x0200;
  static final int RD = 0x0100;

  private final byte[] message;
  private int at;

  private Wire(byte[] message) {
    this.message = message;
  }

  static byte[] query(int id, int flags, String name, int type) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    numbers(out, id, flags, 1, 0, 0, 0);
    question(out, name, type, 1);
    return out.toByteArray();
  }

  static byte[] query(String name, int type) {
    return query(0x1234, RD, name, type);
  }

  /** With an extension that says how much its sender takes. */
  static byte[] extended(String name, int type, int size, int version, int flags) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    numbers(out, 0x1234, RD, 1, 0, 0, 1);
    question(out, name, type, 1);
    out.write(0);
    numbers(out, 41, size, version, flags, 0);
    return out.toByteArray();
  }

  static void numbers(ByteArrayOutputStream out, int... numbers) {
    for (int number : numbers) {
      out.write(number >> 8);
      out.write(number);
    }
  }

  static void question(ByteArrayOutputStream out, String name, int type, int category) {
    out.writeBytes(wire(name));
    numbers(out, type, category);
  }

  static byte[] wire(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String label : name.split("\\.", -1)) {
      if (!label.isEmpty()) {
        out.write(label.length());
        out.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    out.write(0);
    return out.toByteArray();
  }

  /** Decodes an answer, to its last byte. */
  static Answer answer(byte[] message) {
    Wire wire = new Wire(message);
    int id = wire.number();
    int flags = wire.number();
    int questions = wire.number();
    int[] counts = {wire.number(), wire.number(), wire.number()};
    String name = "";
    int type = 0;
    if (questions == 1) {
      name = wire.name();
      type = wire.number();
      wire.number();
    }
    List<List<Item>> sections = new ArrayList<>();
    for (int count : counts) {
      List<Item> items = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        items.add(wire.item());
      }
      sections.add(items);
    }
    if (wire.at != message.length) {
      throw new AssertionError("something is after the end");
    }
    return new Answer(id, flags, name, type, sections.get(0), sections.get(1), sections.get(2));
  }

  private Item item() {
    String name = name();
    int type = number();
    int category = number();
    long ttl = (long) number() << 16 | number();
    int length = number();
    int end = at + length;
    StringBuilder data = new StringBuilder();
    switch (type) {
      case 2, 12 -> data.append(name());
      case 6 -> {
        data.append(name()).append(' ').append(name());
        while (at < end) {
          data.append(' ').append((long) number() << 16 | number());
        }
      }
      default -> {
        while (at < end) {
          data.append(data.isEmpty() ? "" : type == 1 ? "." : ":");
          data.append(type == 1 ? String.valueOf(octet()) : Integer.toHexString(number()));
        }
      }
    }
    if (at != end) {
      throw new AssertionError("data of another length");
    }
    return new Item(name, type, category, ttl, data.toString());
  }

  private String name() {
    StringBuilder name = new StringBuilder();
    int back = -1;
    while (true) {
      int length = octet();
      if (length >= 0xc0) {
        int target = (length & 0x3f) << 8 | octet();
        back = back < 0 ? at : back;
        at = target;
      } else if (length == 0) {
        at = back < 0 ? at : back;
        return name.isEmpty() ? "." : name.toString();
      } else {
        name.append(new String(message, at, length, StandardCharsets.ISO_8859_1)).append('.');
        at += length;
      }
    }
  }

  private int number() {
    return octet() << 8 | octet();
  }

  private int octet() {
    return message[at++] & 0xff;
  }
}
