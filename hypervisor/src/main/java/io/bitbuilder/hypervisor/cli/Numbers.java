package io.bitbuilder.hypervisor.cli;

import java.util.Optional;

/** Numbers as people type them. */
final class Numbers {
  private Numbers() {}

  /** A whole number above 0; empty when the text is none. */
  static Optional<Integer> positive(String text) {
    try {
      return Optional.of(Integer.parseInt(text)).filter(number -> number > 0);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}
