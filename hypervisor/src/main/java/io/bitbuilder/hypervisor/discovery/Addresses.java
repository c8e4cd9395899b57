package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Node;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Types;
import java.net.Inet6Address;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Addresses of networks, hosts and repositories. */
final class Addresses {
  private static final int PORTS = 65535;
  private static final Map<String, Object> TEXT = Map.of("type", "string");

  /** The subnet of a tenant network: none may take much of the pool all tenants share. */
  static final Scalar<String> SUBNET4 = subnet4("IPv4 subnet", 24, 29, false);

  /** The pool subnets are cut from. */
  static final Scalar<String> POOL4 = subnet4("private IPv4 subnet", 8, 24, true);

  /** A range in a firewall rule. */
  static final Scalar<String> RANGE4 = subnet4("IPv4 subnet", 0, 32, false);

  /** An IPv6 subnet. */
  static final Scalar<String> SUBNET6 =
      Types.text(
          "IPv6 subnet",
          "an IPv6 subnet such as fd00:b17b::/48",
          Code.BB209,
          TEXT,
          Addresses::isSubnet6);

  /** The IPv6 subnet of a tenant network. */
  static final Scalar<String> NETWORK6 =
      Types.text(
          "IPv6 subnet",
          "an IPv6 subnet of 64 bits, such as fd00:b17b:0:5::/64",
          Code.BB209,
          TEXT,
          text -> isSubnet6(text) && text.endsWith("/64"));

  /** A range of addresses of either family. */
  static final Scalar<String> RANGE =
      Types.text(
          "subnet",
          "a subnet such as 192.0.2.0/24 or 2001:db8::/32",
          Code.BB209,
          TEXT,
          Addresses::isRange);

  /** An address of either family. */
  static final Scalar<String> HOST =
      Types.text(
          "IP address",
          "an IPv4 or IPv6 address",
          Code.BB209,
          TEXT,
          text -> parse4(text) >= 0 || isAddress6(text));

  /** Where a repository is: https, ssh or file, and http on the host itself. */
  static final Scalar<String> REPOSITORY =
      Scalar.ofText(
          "repository address",
          "https://…, ssh://… or file:///…",
          Map.of("type", "string", "pattern", "^(https?|ssh|file)://"),
          Addresses::repository);

  /** Where an image is. */
  static final Scalar<String> DOWNLOAD =
      Types.text(
          "image address",
          "https://…, http://… or file:///…",
          Code.BB209,
          Map.of("type", "string", "pattern", "^(https?|file)://"),
          text ->
              isGraphic(text)
                  && (isFileUrl(text)
                      || (isHttp(text) && isHost(authority(text)) && hasPath(text))));

  /** A directory of this host. */
  static final Scalar<String> DIRECTORY =
      Types.text(
          "directory address",
          "file:/// and an absolute path",
          Code.BB209,
          Map.of("type", "string", "pattern", "^file:///"),
          text -> isFileUrl(text));

  private Addresses() {}

  /** The address as a number, or -1. */
  static long parse4(String text) {
    long value = 0;
    int at = 0;
    for (int part = 0; part < 4; part++) {
      int end = part == 3 ? text.length() : text.indexOf('.', at);
      int number = end < 0 ? -1 : digits(text, at, end, 255);
      if (number < 0) {
        return -1;
      }
      value = value << 8 | number;
      at = end + 1;
    }
    return value;
  }

  /** A decimal number without leading zeros, or -1. */
  private static int digits(String text, int from, int to, int most) {
    if (from >= to || to - from > 5 || (text.charAt(from) == '0' && to - from > 1)) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + c - '0';
    }
    return value <= most ? value : -1;
  }

  private static Scalar<String> subnet4(String word, int least, int most, boolean inside) {
    String expected =
        (inside ? "a private IPv4 subnet" : "an IPv4 subnet")
            + " such as 10.0.5.0/24, its prefix from "
            + least
            + " to "
            + most;
    return Scalar.ofText(
        word,
        expected,
        TEXT,
        (text, node, reading) -> {
          int slash = text.indexOf('/');
          long base = slash < 0 ? -1 : parse4(text.substring(0, slash));
          int prefix = slash < 0 ? -1 : digits(text, slash + 1, text.length(), 32);
          if (base < 0 || prefix < least || prefix > most || (inside && !isPrivate(base, prefix))) {
            reading.error(
                Code.BB209, node, Quote.quote(text) + " is not a valid " + word, expected, "");
            return null;
          }
          long start = prefix == 0 ? 0 : base & (0xFFFFFFFFL << (32 - prefix));
          if (start != base) {
            reading.error(
                Code.BB209,
                node,
                Quote.quote(text) + " is an address inside a subnet",
                expected,
                "write `" + format4(start) + "/" + prefix + "`");
            return null;
          }
          return text;
        });
  }

  private static String format4(long address) {
    return (address >> 24)
        + "."
        + (address >> 16 & 255)
        + "."
        + (address >> 8 & 255)
        + "."
        + (address & 255);
  }

  /** RFC 1918 and the shared space of RFC 6598. */
  private static boolean isPrivate(long base, int prefix) {
    return within(base, prefix, 0x0A000000L, 8)
        || within(base, prefix, 0xAC100000L, 12)
        || within(base, prefix, 0xC0A80000L, 16)
        || within(base, prefix, 0x64400000L, 10);
  }

  private static boolean within(long base, int prefix, long outer, int outerPrefix) {
    return prefix >= outerPrefix && base >> (32 - outerPrefix) == outer >> (32 - outerPrefix);
  }

  private static boolean isSubnet6(String text) {
    int slash = text.indexOf('/');
    return slash > 0
        && isAddress6(text.substring(0, slash))
        && digits(text, slash + 1, text.length(), 128) >= 0;
  }

  /** A subnet of either family without host bits. */
  static boolean isRange(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return false;
    }
    long base = parse4(text.substring(0, slash));
    int prefix = digits(text, slash + 1, text.length(), 32);
    return base < 0
        ? isSubnet6(text) && hasNoHostBits6(text)
        : prefix >= 0 && (base & ((1L << (32 - prefix)) - 1)) == 0;
  }

  private static boolean hasNoHostBits6(String text) {
    int slash = text.indexOf('/');
    byte[] octets = Inet6Address.ofLiteral(text.substring(0, slash)).getAddress();
    int prefix = digits(text, slash + 1, text.length(), 128);
    if (octets.length != 16) {
      return false;
    }
    for (int bit = prefix; bit < 128; bit++) {
      if ((octets[bit / 8] >> (7 - bit % 8) & 1) != 0) {
        return false;
      }
    }
    return true;
  }

  static boolean isAddress6(String text) {
    if (text.length() > 45 || text.indexOf(':') < 0 || text.indexOf('%') >= 0) {
      return false;
    }
    try {
      return Inet6Address.ofLiteral(text) != null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static @Nullable String repository(String text, Node.Scalar node, Reading reading) {
    String scheme = scheme(text);
    String authority = authority(text);
    int at = authority.lastIndexOf('@');
    if (at >= 0 && authority.substring(0, at).indexOf(':') >= 0) {
      // The line holds a secret, so the finding must not show it.
      Location place = reading.document().at(node);
      reading.add(
          Code.BB505,
          new Location(
              place.repository(), place.commit(), place.path(), place.span(), place.pointer(), ""),
          "the repository address holds a password",
          "an address without a password",
          "remove it, and name a system credential in `credential`");
      return null;
    }
    boolean known =
        scheme.equals("https")
            || scheme.equals("ssh")
            || (scheme.equals("http") && isLoopback(authority));
    boolean valid =
        isGraphic(text)
            && (isFileUrl(text)
                || (known
                    && isHost(authority.substring(at + 1))
                    && hasPath(text)
                    && (at < 0 || Vocabulary.isMadeOf(authority.substring(0, at), 64, "._-"))));
    if (valid) {
      return text;
    }
    // HELPER::ADDRESS has Git run a program (gitremote-helpers(7)).
    boolean foreign = scheme.isEmpty() ? text.contains("::") : !known && !scheme.equals("file");
    reading.error(
        foreign ? Code.BB505 : Code.BB209,
        node,
        foreign
            ? "repository address " + Quote.quote(text) + " is not allowed"
            : Quote.quote(text) + " is not a valid repository address",
        REPOSITORY.expected(),
        help(text, scheme));
    return null;
  }

  private static String help(String text, String scheme) {
    int colon = text.indexOf(':');
    if (scheme.isEmpty() && text.indexOf('@') > 0 && colon > 0 && isGraphic(text)) {
      String path = text.substring(colon + 1);
      return "write it as a URL: `ssh://"
          + Quote.escape(text.substring(0, colon) + (path.startsWith("/") ? "" : "/") + path)
          + "`";
    }
    return scheme.equals("http") ? "use https" : "";
  }

  private static String scheme(String text) {
    int end = text.indexOf("://");
    return end < 0 ? "" : text.substring(0, end).toLowerCase(Locale.ROOT);
  }

  private static String authority(String text) {
    int start = text.indexOf("://");
    if (start < 0) {
      return "";
    }
    int slash = text.indexOf('/', start + 3);
    return text.substring(start + 3, slash < 0 ? text.length() : slash);
  }

  private static boolean hasPath(String text) {
    int slash = text.indexOf('/', text.indexOf("://") + 3);
    return slash > 0 && slash < text.length() - 1;
  }

  /** Where nobody between us and the server can change what it sends. */
  private static boolean isLoopback(String authority) {
    int colon = authority.lastIndexOf(':');
    String host = colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    return host.equals("localhost") || host.equals("[::1]") || parse4(host) >> 24 == 127;
  }

  private static boolean isHttp(String text) {
    return text.startsWith("https://") || text.startsWith("http://");
  }

  private static boolean isFileUrl(String text) {
    return text.startsWith("file:///") && Vocabulary.isPath(text.substring("file://".length()));
  }

  /** A host with a port. */
  static boolean isEndpoint(String text) {
    int colon = text.lastIndexOf(':');
    return isHost(text)
        && colon > text.lastIndexOf(']')
        && digits(text, colon + 1, text.length(), PORTS) > 0;
  }

  /** A host name, IPv4 address or bracketed IPv6 address, with an optional port. */
  private static boolean isHost(String text) {
    String host = text;
    int colon = text.lastIndexOf(':');
    if (colon > text.lastIndexOf(']')) {
      host = text.substring(0, colon);
      String port = text.substring(colon + 1);
      if (port.isEmpty()
          || port.length() > 5
          || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return false;
      }
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      return isAddress6(host.substring(1, host.length() - 1));
    }
    return Vocabulary.isMadeOf(host, 253, ".-") && Character.isLetterOrDigit(host.charAt(0));
  }

  /** Whether a text is ASCII without spaces, quotes, backslashes and the like. */
  private static boolean isGraphic(String text) {
    return text.length() <= 1024
        && text.chars().allMatch(c -> c > ' ' && c < 0x7f && "\"'\\<>`{}|^".indexOf(c) < 0);
  }
}
