package io.bitbuilder.hypervisor.schema;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Node;
import io.bitbuilder.hypervisor.model.ByteSize;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The scalar types that are amounts: numbers, sizes, processors, durations. */
public final class Amounts {
  /** A size in bytes, as {@link ByteSize} reads it. */
  public static final Scalar<ByteSize> SIZE =
      new Scalar<>(
          "size",
          "a whole number of bytes, or one with K, M, G or T behind it (4G)",
          Map.of("type", List.of("string", "integer"), "pattern", "^[0-9]+[KMGT]?$", "minimum", 0),
          Amounts::size);

  /** Processors, in thousandths: {@code 0.5} is 500. */
  public static final Scalar<Integer> CPU =
      new Scalar<>(
          "processors",
          "a number from 0.01 to 4096 with at most three decimals",
          Map.of("type", "number", "minimum", 0.01, "maximum", 4096),
          Amounts::cpu);

  /** Bits each second, with the decimal suffixes of networks (systemd.network(5), Rate=). */
  public static final Scalar<Long> RATE =
      new Scalar<>(
          "bits per second",
          "a whole number of bits from 8K to 1T, with K, M, G or T for thousands of them (100M)",
          Map.of("type", List.of("string", "integer"), "pattern", "^[0-9]+[KMGT]?$"),
          Amounts::rate);

  /** A time span. */
  public static final Scalar<Duration> DURATION =
      new Scalar<>(
          "duration",
          "numbers with ms, s, m, h or d behind them (30s, 1h30m), or 0",
          Map.of("type", List.of("string", "integer"), "pattern", "^(0|([0-9]+(ms|s|m|h|d))+)$"),
          Amounts::duration);

  private static final Pattern RATE_TEXT = Pattern.compile("([1-9][0-9]{0,12})([KMGT]?)");
  private static final long LEAST_BITS = 8_000;
  private static final long MOST_BITS = 1_000_000_000_000L;
  private static final List<String> UNITS = List.of("ms", "s", "m", "h", "d");
  private static final long[] MILLIS = {1, 1000, 60_000, 3_600_000, 86_400_000};
  private static final long LONGEST = 3_650L * 86_400_000;

  /** Characters of a value that are written out in help. */
  private static final int SHOWN_LIMIT = 80;

  private Amounts() {}

  /** A whole number within bounds, both inclusive. */
  public static Scalar<Integer> integer(int least, int most) {
    String expected = "a whole number from " + least + " to " + most;
    return new Scalar<>(
        "number",
        expected,
        Map.of("type", "integer", "minimum", least, "maximum", most),
        (node, reading) -> {
          BigDecimal value = number(node, expected, reading);
          if (value == null) {
            return null;
          }
          if (value.compareTo(BigDecimal.valueOf(least)) < 0
              || value.compareTo(BigDecimal.valueOf(most)) > 0) {
            range(node, expected, reading);
            return null;
          }
          if (node.text().indexOf('.') >= 0
              || node.text().toLowerCase(Locale.ROOT).indexOf('e') >= 0) {
            reading.wrongType(node, expected, "");
            return null;
          }
          return value.intValue();
        });
  }

  /** A number within bounds, both inclusive. */
  public static Scalar<Double> decimal(double least, double most) {
    String expected = "a number from " + least + " to " + most;
    return new Scalar<>(
        "number",
        expected,
        Map.of("type", "number", "minimum", least, "maximum", most),
        (node, reading) -> {
          BigDecimal value = number(node, expected, reading);
          if (value == null) {
            return null;
          }
          if (value.compareTo(BigDecimal.valueOf(least)) < 0
              || value.compareTo(BigDecimal.valueOf(most)) > 0) {
            range(node, expected, reading);
            return null;
          }
          return value.doubleValue();
        });
  }

  private static @Nullable BigDecimal number(Node.Scalar node, String expected, Reading reading) {
    if (node.isNumber()) {
      BigDecimal value = decimal(node.text());
      if (value == null) {
        range(node, expected, reading);
      }
      return value;
    }
    boolean zeros = node.isPlain() && node.text().length() > 1 && node.text().startsWith("0");
    String help =
        !node.isPlain()
            ? "remove the quotes"
            : zeros ? "write the number in decimal, without leading zeros" : "";
    reading.wrongType(node, expected, help);
    return null;
  }

  /** The number, or null when it is so large, small or long that no bound could hold it. */
  private static @Nullable BigDecimal decimal(String text) {
    try {
      BigDecimal value = text.length() <= 40 ? new BigDecimal(text) : null;
      return value == null || Math.abs((long) value.scale()) > 40 ? null : value;
    } catch (NumberFormatException _) {
      return null; // an exponent beyond 32 bits
    }
  }

  private static void range(Node.Scalar node, String expected, Reading reading) {
    reading.error(Code.BB205, node, Quote.escape(node.text()) + " is out of range", expected, "");
  }

  private static @Nullable Integer cpu(Node.Scalar node, Reading reading) {
    BigDecimal value = number(node, CPU.expected(), reading);
    if (value == null) {
      return null;
    }
    BigDecimal millis = value.movePointRight(3).stripTrailingZeros();
    if (millis.compareTo(BigDecimal.TEN) < 0
        || millis.compareTo(BigDecimal.valueOf(4_096_000)) > 0
        || millis.scale() > 0) {
      range(node, CPU.expected(), reading);
      return null;
    }
    return millis.intValue();
  }

  private static @Nullable ByteSize size(Node.Scalar node, Reading reading) {
    if (node.isNull() || node.isBoolean()) {
      reading.wrongType(node, SIZE.expected(), "");
      return null;
    }
    Optional<ByteSize> size = ByteSize.parse(node.text());
    boolean octal = node.text().length() > 1 && node.text().startsWith("0");
    if (size.isPresent() && !octal) {
      return size.get();
    }
    reading.error(
        Code.BB206,
        node,
        Quote.quote(node.text()) + " is not a valid size",
        SIZE.expected(),
        sizeHelp(node.text()));
    return null;
  }

  private static @Nullable Long rate(Node.Scalar node, Reading reading) {
    Matcher written = RATE_TEXT.matcher(node.text());
    long bits = 0;
    if (written.matches()) {
      bits = Long.parseLong(written.group(1));
      for (int thousands = " KMGT".indexOf((written.group(2) + " ").charAt(0));
          thousands > 0;
          thousands--) {
        bits = Math.min(bits * 1000, MOST_BITS + 1);
      }
    }
    if (bits < LEAST_BITS || bits > MOST_BITS) {
      reading.error(
          Code.BB205,
          node,
          Quote.quote(node.text()) + " is not a rate of a network",
          RATE.expected(),
          "");
      return null;
    }
    return bits;
  }

  private static String sizeHelp(String text) {
    String digits = text.strip();
    int end = 0;
    while (end < digits.length() && Character.isDigit(digits.charAt(end))) {
      end++;
    }
    String suffix = digits.substring(end).strip().toUpperCase(Locale.ROOT);
    boolean known =
        suffix.length() >= 1
            && suffix.length() <= 3
            && "KMGT".indexOf(suffix.charAt(0)) >= 0
            && Set.of("", "B", "I", "IB").contains(suffix.substring(1));
    return end > 0 && end < 19 && known
        ? "write `" + Quote.escape(digits.substring(0, end)) + suffix.charAt(0) + "`"
        : "";
  }

  private static @Nullable Duration duration(Node.Scalar node, Reading reading) {
    if (node.isNull() || node.isBoolean()) {
      reading.wrongType(node, DURATION.expected(), "");
      return null;
    }
    long millis = node.text().equals("0") ? 0 : millis(node.text());
    if (millis < 0) {
      reading.error(
          Code.BB208,
          node,
          Quote.quote(node.text()) + " is not a valid duration",
          DURATION.expected(),
          node.isNumber() && node.text().length() <= SHOWN_LIMIT
              ? "write a unit behind it: `" + node.text() + "s`"
              : "");
      return null;
    }
    if (millis > LONGEST) {
      reading.error(
          Code.BB205, node, Quote.quote(node.text()) + " is out of range", "at most 3650d", "");
      return null;
    }
    return Duration.ofMillis(millis);
  }

  /** The milliseconds of a text, or -1 when it is no duration. */
  private static long millis(String text) {
    long sum = 0;
    int at = 0;
    do {
      int digits = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      int unit = at;
      while (at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'z') {
        at++;
      }
      int index = UNITS.indexOf(text.substring(unit, at));
      if (unit == digits || unit - digits > 18 || index < 0) {
        return -1;
      }
      long count = Long.parseLong(text, digits, unit, 10);
      sum += count > LONGEST / MILLIS[index] ? LONGEST + 1 : count * MILLIS[index];
      sum = Math.min(sum, LONGEST + 1);
    } while (at < text.length());
    return sum;
  }
}
