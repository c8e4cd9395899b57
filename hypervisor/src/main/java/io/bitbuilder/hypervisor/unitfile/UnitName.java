package io.bitbuilder.hypervisor.unitfile;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Names of units, escaped as systemd-escape(1) does (systemd.unit(5), "String Escaping"). */
public final class UnitName {
  private static final String UNESCAPED = ":_.";

  private UnitName() {}

  /** Escapes a text for use in a unit name, as {@code systemd-escape TEXT}. */
  public static String escape(String text) {
    StringBuilder out = new StringBuilder();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      char c = (char) (bytes[i] & 0xff);
      if (c == '/') {
        out.append('-');
      } else if (isAlphanumeric(c) || (UNESCAPED.indexOf(c) >= 0 && !(i == 0 && c == '.'))) {
        out.append(c);
      } else {
        out.append("\\x").append(HexFormat.of().toHexDigits(bytes[i]));
      }
    }
    return out.toString();
  }

  /**
   * Escapes a path for use in a unit name, as {@code systemd-escape --path PATH}: slashes at both
   * ends and repeated ones do not count, the root directory is a single dash.
   *
   * @throws IllegalArgumentException when a component is {@code ..}
   */
  public static String escapePath(String path) {
    StringBuilder simple = new StringBuilder();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        throw new IllegalArgumentException("a path in a unit name cannot go up");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        simple.append(simple.isEmpty() ? "" : "/").append(part);
      }
    }
    return simple.isEmpty() ? "-" : escape(simple.toString());
  }

  /** The name of the mount unit of a path (systemd.mount(5)). */
  public static String mount(String path) {
    return escapePath(path) + ".mount";
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
