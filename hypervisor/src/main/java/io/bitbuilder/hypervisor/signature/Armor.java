package io.bitbuilder.hypervisor.signature;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** The text form of OpenPGP data (RFC 9580 section 6): one block, and nothing around it. */
final class Armor {
  static final String SIGNATURE = "PGP SIGNATURE";
  static final String CERTIFICATE = "PGP PUBLIC KEY BLOCK";

  private static final Pattern HEADER = Pattern.compile("[A-Za-z][A-Za-z0-9-]*: [^\\x00-\\x1f]*");
  private static final Pattern CHECKSUM = Pattern.compile("=[A-Za-z0-9+/]{4}");

  private Armor() {}

  /** Binary data as it is, and what is in armor of this label. */
  static byte[] decode(byte[] bytes, String label) throws RefusalException {
    if (bytes.length > 0 && (bytes[0] & 0x80) != 0) {
      return bytes;
    }
    List<String> lines =
        new String(bytes, StandardCharsets.ISO_8859_1).lines().map(String::stripTrailing).toList();
    if (lines.isEmpty() || !lines.getFirst().equals("-----BEGIN " + label + "-----")) {
      throw lines.contains("-----BEGIN PGP SIGNED MESSAGE-----")
          ? new RefusalException(Reason.UNSUPPORTED, "clear-signed text is not judged")
          : RefusalException.malformed("there is no armor of a " + label + " at the beginning");
    }
    int end = lines.indexOf("-----END " + label + "-----");
    if (end < 0) {
      throw RefusalException.malformed("the armor of the " + label + " has no end");
    }
    for (String line : lines.subList(end + 1, lines.size())) {
      if (line.startsWith("-----BEGIN ")) {
        throw new RefusalException(Reason.SEVERAL, "there are several blocks of armor");
      }
      if (!line.isEmpty()) {
        throw RefusalException.malformed("something follows the armor");
      }
    }
    return decode(lines.subList(1, end));
  }

  private static byte[] decode(List<String> lines) throws RefusalException {
    int empty = lines.indexOf("");
    if (empty < 0) {
      throw RefusalException.malformed("armor has no empty line before its data");
    }
    for (String header : lines.subList(0, empty)) {
      if (!HEADER.matcher(header).matches()) {
        throw RefusalException.malformed("armor has a line that is not a header");
      }
    }
    List<String> data = new ArrayList<>(lines.subList(empty + 1, lines.size()));
    String checksum = "";
    if (!data.isEmpty() && CHECKSUM.matcher(data.getLast()).matches()) {
      checksum = data.removeLast().substring(1);
    }
    try {
      byte[] binary = Base64.getDecoder().decode(String.join("", data));
      if (!checksum.isEmpty() && crc(binary) != number(Base64.getDecoder().decode(checksum))) {
        throw RefusalException.malformed("the checksum of the armor is wrong");
      }
      return binary;
    } catch (IllegalArgumentException _) {
      throw RefusalException.malformed("armor is not base64");
    }
  }

  private static int number(byte[] three) {
    return ((three[0] & 0xff) << 16) | ((three[1] & 0xff) << 8) | (three[2] & 0xff);
  }

  /** CRC-24 (RFC 9580 section 6.1.1). */
  private static int crc(byte[] bytes) {
    int crc = 0xB704CE;
    for (byte it : bytes) {
      crc ^= (it & 0xff) << 16;
      for (int bit = 0; bit < 8; bit++) {
        crc <<= 1;
        if ((crc & 0x1000000) != 0) {
          crc ^= 0x1864CFB;
        }
      }
    }
    return crc & 0xFFFFFF;
  }
}
