package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.ByteSize;
import java.util.Locale;

/** Amounts as people read them. */
final class Amounts {
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

  /** Memory and storage. */
  static String bytes(long bytes) {
    return new ByteSize(bytes).rounded();
  }
}
