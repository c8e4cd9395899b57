package io.bitbuilder.hypervisor.signature;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The headers of a Git object: lines of name, space, value up to the first empty line; a line that
 * begins with a space continues the one before (gitformat-signature).
 */
final class ObjectHeaders {
  /** More headers than octopus merges of dozens of tags have. */
  private static final int MOST = 1000;

  private final byte[] raw;
  private final List<Header> headers;
  private final int body;
  private int next;

  private ObjectHeaders(byte[] raw, List<Header> headers, int body) {
    this.raw = raw;
    this.headers = headers;
    this.body = body;
  }

  /**
   * One header.
   *
   * @param from where it begins in the object
   * @param to where the next begins
   */
  record Header(ObjectHeaders of, String name, int from, int to) {
    /** The value with continuation lines joined as git does it, with the last line's end. */
    byte[] value() {
      ByteArrayOutputStream value = new ByteArrayOutputStream();
      int line = from + name.length() + 1;
      while (line < to) {
        int end = lineEnd(of.raw, line);
        value.write(of.raw, line, end - line);
        line = end + 1;
      }
      return value.toByteArray();
    }

    /** The value of a header of one line. */
    String text() throws RefusalException {
      int line = from + name.length() + 1;
      if (lineEnd(of.raw, line) != to) {
        throw RefusalException.malformed("header " + name + " has more than one line");
      }
      return new String(of.raw, line, to - 1 - line, StandardCharsets.UTF_8);
    }
  }

  static ObjectHeaders read(byte[] raw) throws RefusalException {
    if (raw.length > SignedObject.LIMIT) {
      throw RefusalException.malformed("object is larger than " + SignedObject.LIMIT + " bytes");
    }
    List<Header> headers = new ArrayList<>();
    ObjectHeaders all = new ObjectHeaders(raw, headers, body(raw));
    int end = Math.min(all.body, raw.length);
    int from = 0;
    while (from < end && raw[from] != '\n') {
      int to = lineEnd(raw, from);
      while (to < end && raw[to] == ' ') {
        to = lineEnd(raw, to);
      }
      headers.add(new Header(all, name(raw, from), from, to));
      from = to;
      if (headers.size() > MOST) {
        throw RefusalException.malformed("object has more than " + MOST + " headers");
      }
    }
    return all;
  }

  /** Where the text after the first empty line begins; everything is checked up to there. */
  private static int body(byte[] raw) throws RefusalException {
    for (int at = 0; at < raw.length; at++) {
      if (raw[at] == 0) {
        throw RefusalException.malformed("object has a NUL byte among its headers");
      }
      if (raw[at] == '\n' && (at == 0 || raw[at - 1] == '\n')) {
        return at + 1;
      }
    }
    if (raw.length == 0 || raw[raw.length - 1] != '\n') {
      throw RefusalException.malformed("object ends within a header");
    }
    return raw.length;
  }

  private static String name(byte[] raw, int from) throws RefusalException {
    int at = from;
    while (raw[at] > ' ' && raw[at] < 0x7f && at - from < 100) {
      at++;
    }
    if (at == from || raw[at] != ' ') {
      throw RefusalException.malformed("object has a line that is not a header");
    }
    return new String(raw, from, at - from, StandardCharsets.US_ASCII);
  }

  /** Behind the line's end. */
  private static int lineEnd(byte[] raw, int from) {
    int at = from;
    while (raw[at] != '\n') {
      at++;
    }
    return at + 1;
  }

  boolean isNext(String name) {
    return next < headers.size() && headers.get(next).name().equals(name);
  }

  Header next(String name) throws RefusalException {
    if (!isNext(name)) {
      throw RefusalException.malformed("header " + name + " is not where it belongs");
    }
    return headers.get(next++);
  }

  List<Header> rest() {
    return List.copyOf(headers.subList(next, headers.size()));
  }

  byte[] body() {
    return Arrays.copyOfRange(raw, body, raw.length);
  }

  byte[] without(List<Header> removed) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int from = 0;
    for (Header header : removed) {
      out.write(raw, from, header.from() - from);
      from = header.to();
    }
    out.write(raw, from, raw.length - from);
    return out.toByteArray();
  }
}
