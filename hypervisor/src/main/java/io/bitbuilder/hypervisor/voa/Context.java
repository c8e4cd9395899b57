package io.bitbuilder.hypervisor.voa;

import io.bitbuilder.hypervisor.diagnostic.Quote;

/**
 * A part of a purpose with verifiers of its own, as a repository or a tenant (UAPI.11, Context).
 *
 * @param value of a-z, 0-9, "_", "." and "-"
 */
public record Context(String value) {
  /** What a value must be, for messages. */
  public static final String EXPECTED = "0-9, a-z, `.`, `_` and `-`";

  /** The one that must be used where none is needed. */
  public static final Context DEFAULT = new Context("default");

  /** Refuses what {@link #isValid} refuses, with {@link IllegalArgumentException}. */
  public Context {
    if (!isValid(value)) {
      throw new IllegalArgumentException("no context: " + Quote.quote(value));
    }
  }

  /** Whether a text is a context. */
  public static boolean isValid(String text) {
    return Words.isIdentifier(text);
  }

  @Override
  public String toString() {
    return value;
  }
}
