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

  /** NAME_MAX of Linux: an identifier is a directory's name. */
  private static final int LONGEST = 255;

  /** Refuses what {@link #isValid} refuses, with {@link IllegalArgumentException}. */
  public Context {
    if (!isValid(value)) {
      throw new IllegalArgumentException("no context: " + Quote.quote(value));
    }
  }

  /** Whether a text is a context; every identifier of one part is made like this. */
  public static boolean isValid(String text) {
    return isDirectoryName(text) && areLetters(text);
  }

  /** Whether a text has nothing but 0-9, a-z, ".", "_" and "-"; an empty one has nothing else. */
  static boolean areLetters(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
      if (!plain && c != '.' && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  /** Whether a text can be the name of a directory and no way to another one. */
  static boolean isDirectoryName(String text) {
    return !text.isEmpty()
        && text.length() <= LONGEST
        && !text.equals(".")
        && !text.equals("..")
        && text.indexOf('/') < 0;
  }

  @Override
  public String toString() {
    return value;
  }
}
