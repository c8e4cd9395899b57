package io.bitbuilder.hypervisor.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times for people. */
final class Times {
  private Times() {}

  /** {@code 3m ago}. */
  static String ago(Instant then, Instant now) {
    Duration age = Duration.between(then, now);
    return age.isNegative() || age.toSeconds() < 1 ? "now" : coarse(age) + " ago";
  }

  /** {@code 2026-01-01 12:30:00Z}. */
  static String exact(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ');
  }

  /** {@code 340ms}, {@code 4.2s}, {@code 3m10s}. */
  static String took(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1000) {
      return millis + "ms";
    }
    if (millis < 60_000) {
      return millis / 1000 + "." + millis % 1000 / 100 + "s";
    }
    return duration.toMinutes() + "m" + duration.toSecondsPart() + "s";
  }

  private static String coarse(Duration age) {
    if (age.toSeconds() < 60) {
      return age.toSeconds() + "s";
    }
    if (age.toMinutes() < 60) {
      return age.toMinutes() + "m";
    }
    if (age.toHours() < 48) {
      return age.toHours() + "h";
    }
    return age.toDays() + "d";
  }
}
