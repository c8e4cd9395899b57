package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.ByteSize;
import java.util.Locale;

/** Amounts as people read them. */
final class Amounts {
  private static final String UNITS = "KMGT";

  private Amounts() {}

  /** Processors: {@code 2}, {@code 0.5}. */
  static String cpu(long millis) {
    if (millis % 1000 == 0) {
      return String.valueOf(millis / 1000);
    }
    String text = String.format(Locale.ROOT, "%d.%03d", millis / 1000, millis % 1000);
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    return text.substring(0, end);
  }

  /** Memory and storage: exact when that is short, else with one decimal, rounded down. */
  static String bytes(long bytes) {
    String exact = new ByteSize(bytes).toString();
    if (exact.length() <= 5) {
      return exact;
    }
    int power = 0;
    long unit = 1;
    while (power < UNITS.length() && bytes / unit >= 1024) {
      unit *= 1024;
      power++;
    }
    long tenths = bytes / unit * 10 + bytes % unit * 10 / unit;
    return tenths / 10 + "." + tenths % 10 + UNITS.charAt(power - 1);
  }
}
