package io.bitbuilder.hypervisor.signature;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Author, committer or tagger of a Git object: {@code name <email> seconds zone}.
 *
 * @param name may be empty
 * @param email what stands between the brackets
 * @param seconds since 1970, from 0 to 99999999999
 * @param zone of the clock it was read from
 */
public record Identity(String name, String email, long seconds, ZoneOffset zone) {
  private static final Pattern FORM =
      Pattern.compile("([^<>]*?) ?<([^<>]*)> (\\d{1,11}) ([+-])(\\d\\d)(\\d\\d)");

  /** Refuses seconds out of range. */
  public Identity {
    if (seconds < 0 || seconds > 99_999_999_999L) {
      throw new IllegalArgumentException("seconds are not within 0 to 99999999999: " + seconds);
    }
  }

  /** When, as the author's clock had it. */
  public Instant instant() {
    return Instant.ofEpochSecond(seconds);
  }

  static Identity parse(String field, String text) throws RefusalException {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw RefusalException.malformed("header " + field + " is not: name <email> seconds zone");
    }
    int sign = "-".equals(matcher.group(4)) ? -1 : 1;
    int hours = Integer.parseInt(matcher.group(5));
    int minutes = Integer.parseInt(matcher.group(6));
    try {
      return new Identity(
          matcher.group(1),
          matcher.group(2),
          Long.parseLong(matcher.group(3)),
          ZoneOffset.ofHoursMinutes(sign * hours, sign * minutes));
    } catch (DateTimeException _) {
      throw RefusalException.malformed("header " + field + " has no time zone at its end");
    }
  }
}
