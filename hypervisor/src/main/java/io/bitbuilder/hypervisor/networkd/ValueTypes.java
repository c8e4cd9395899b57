package io.bitbuilder.hypervisor.networkd;

import io.bitbuilder.hypervisor.diagnostic.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The types of what templates may set. */
final class ValueTypes {
  private static final int TEXT_LIMIT = 256;
  private static final int LIST_LIMIT = 8;

  /** Characters that systemd gives a meaning to, here or in files of another kind. */
  private static final String SPECIAL = "%\\\"'$`;#";

  private static final Map<String, Boolean> FLAGS =
      Map.of(
          "yes", true, "true", true, "on", true, "1", true, "no", false, "false", false, "off",
          false, "0", false);

  /** systemd.time(7), as far as it is used here, in milliseconds. */
  private static final Map<String, Long> UNITS =
      Map.ofEntries(
          Map.entry("", 1000L),
          Map.entry("ms", 1L),
          Map.entry("s", 1000L),
          Map.entry("sec", 1000L),
          Map.entry("m", 60_000L),
          Map.entry("min", 60_000L),
          Map.entry("h", 3_600_000L),
          Map.entry("hr", 3_600_000L),
          Map.entry("d", 86_400_000L),
          Map.entry("w", 604_800_000L));

  /** {@code yes} or {@code no}. */
  static final ValueType FLAG =
      new ValueType(
          "`yes` or `no`",
          Code.BB202,
          Set.of(),
          text ->
              Optional.ofNullable(FLAGS.get(text.toLowerCase(Locale.ROOT)))
                  .map(flag -> flag ? "yes" : "no"));

  /** One line for people. */
  static final ValueType TEXT =
      new ValueType(
          "at most "
              + TEXT_LIMIT
              + " characters in one line, none of them a quote, `%`, `$`, `\\`, `;` or `#`",
          Code.BB211,
          Set.of(VariableType.values()),
          text -> Optional.of(text).filter(ValueTypes::isText));

  /** A domain. */
  static final ValueType DOMAIN =
      new ValueType(
          "a domain in small letters, as `example.org`",
          Code.BB207,
          Set.of(VariableType.DOMAIN, VariableType.LABEL),
          text -> Optional.of(text).filter(ValueTypes::isDomain));

  /** Domains. */
  static final ValueType DOMAINS =
      new ValueType(
          "at most " + LIST_LIMIT + " domains in small letters, with spaces between them",
          Code.BB207,
          Set.of(VariableType.DOMAIN, VariableType.LABEL),
          text ->
              list(text)
                  .filter(items -> items.stream().allMatch(ValueTypes::isDomain))
                  .map(items -> String.join(" ", items)));

  /** Servers somewhere else. */
  static final ValueType SERVERS4 =
      new ValueType(
          "at most " + LIST_LIMIT + " IPv4 addresses of servers, with spaces between them",
          Code.BB209,
          Set.of(),
          text ->
              list(text)
                  .filter(items -> items.stream().allMatch(ValueTypes::isServer))
                  .map(items -> String.join(" ", items)));

  /** A time zone. */
  static final ValueType TIMEZONE =
      new ValueType(
          "the name of a time zone, as `Europe/Vienna`",
          Code.BB207,
          Set.of(),
          text -> Optional.of(text).filter(ValueTypes::isTimezone));

  private ValueTypes() {}

  /** A whole number. */
  static ValueType number(int least, int most) {
    return new ValueType(
        "a whole number from " + least + " to " + most,
        Code.BB205,
        Set.of(),
        text -> digits(text).filter(n -> n >= least && n <= most).map(String::valueOf));
  }

  /** A time span, in seconds from then on. */
  static ValueType seconds(String least, String most) {
    long from = millis(least);
    long to = millis(most);
    return new ValueType(
        "a time span from " + least + " to " + most + ", as `90s`, `2h` or `1h 30min`",
        Code.BB208,
        Set.of(),
        text -> {
          long millis = millis(text);
          return millis < from || millis > to || millis % 1000 != 0
              ? Optional.empty()
              : Optional.of(String.valueOf(millis / 1000));
        });
  }

  /** A time span in milliseconds; -1 when it is none. */
  private static long millis(String text) {
    long total = 0;
    int at = 0;
    while (at < text.length()) {
      int from = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      Optional<Long> number = digits(text.substring(from, at));
      from = at;
      while (at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'z') {
        at++;
      }
      Long unit = UNITS.get(text.substring(from, at));
      if (number.isEmpty() || unit == null) {
        return -1;
      }
      total += number.get() * unit;
      if (at + 1 < text.length() && text.charAt(at) == ' ') {
        at++;
      }
    }
    return text.isEmpty() ? -1 : total;
  }

  /** At most nine digits: nothing here is larger, and no product of it overflows. */
  private static Optional<Long> digits(String text) {
    boolean fits = !text.isEmpty() && text.length() <= 9;
    return fits && text.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Optional.of(Long.parseLong(text))
        : Optional.empty();
  }

  private static Optional<List<String>> list(String text) {
    List<String> items = new ArrayList<>();
    for (String item : text.split("[ \t]+", -1)) {
      items.add(item);
    }
    boolean twice = items.stream().collect(Collectors.toSet()).size() < items.size();
    return items.size() > LIST_LIMIT || twice ? Optional.empty() : Optional.of(items);
  }

  private static boolean isText(String text) {
    return !text.isEmpty()
        && text.codePointCount(0, text.length()) <= TEXT_LIMIT
        && text.codePoints()
            .allMatch(c ->
                c == ' '
                    || (SPECIAL.indexOf(c) < 0
                        && !Character.isWhitespace(c)
                        && !Character.isSpaceChar(c)
                        && isShown(c)));
  }

  private static boolean isShown(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  /** RFC 1123, section 2.1, without a dot at the end and not all of it digits. */
  private static boolean isDomain(String text) {
    if (text.isEmpty() || text.length() > 253) {
      return false;
    }
    List<String> labels = List.of(text.split("\\.", -1));
    return labels.stream().allMatch(ValueTypes::isLabel)
        && labels.getLast().chars().anyMatch(c -> c >= 'a' && c <= 'z');
  }

  private static boolean isLabel(String text) {
    return !text.isEmpty()
        && text.length() <= 63
        && !text.startsWith("-")
        && !text.endsWith("-")
        && text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
  }

  /** An address somebody may have: neither this host, nor a group, nor everybody. */
  private static boolean isServer(String text) {
    List<String> parts = List.of(text.split("\\.", -1));
    boolean four =
        parts.size() == 4
            && parts.stream()
                .allMatch(part ->
                    digits(part).filter(n -> n <= 255 && part.equals(n.toString())).isPresent());
    if (!four) {
      return false;
    }
    int first = Integer.parseInt(parts.getFirst());
    return first > 0 && first != 127 && first < 224;
  }

  private static boolean isTimezone(String text) {
    return text.length() <= 64
        && !text.startsWith("/")
        && !text.endsWith("/")
        && !text.contains("//")
        && !text.isEmpty()
        && text.chars()
            .allMatch(c ->
                (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '/'
                    || c == '_'
                    || c == '+'
                    || c == '-');
  }
}
