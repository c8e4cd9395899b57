package io.bitbuilder.hypervisor.voa;

import io.bitbuilder.hypervisor.diagnostic.Quote;

/**
 * A kind of signature (UAPI.11, Technology).
 *
 * @param value a name of 0-9, a-z, ".", "_" and "-"; behind a colon the version of how VOA stores
 *     it, where that is not the first (UAPI.11, Future compatibility)
 */
public record Technology(String value) {
  /** What a value must be, for messages. */
  public static final String EXPECTED =
      "a name of 0-9, a-z, `.`, `_` and `-`, with `:VERSION` where there is one";

  /** OpenPGP certificates, the only one the specification has in full. */
  public static final Technology OPENPGP = new Technology("openpgp");

  /** Public keys of OpenSSH. */
  public static final Technology SSH = new Technology("ssh");

  /** Refuses what {@link #isValid} refuses, with {@link IllegalArgumentException}. */
  public Technology {
    if (!isValid(value)) {
      throw new IllegalArgumentException("no technology: " + Quote.quote(value));
    }
  }

  /** Whether a text is a technology, known to us or not. */
  public static boolean isValid(String text) {
    int colon = text.indexOf(':');
    return Context.isDirectoryName(text)
        && (colon < 0
            ? Context.isValid(text)
            : Context.isValid(text.substring(0, colon))
                && Context.isValid(text.substring(colon + 1)));
  }

  @Override
  public String toString() {
    return value;
  }
}
