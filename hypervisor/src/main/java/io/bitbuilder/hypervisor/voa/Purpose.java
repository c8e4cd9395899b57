package io.bitbuilder.hypervisor.voa;

import io.bitbuilder.hypervisor.diagnostic.Quote;

/**
 * What is verified, and whether its verifiers are used directly or vouch for others (UAPI.11,
 * Purpose).
 *
 * @param role the domain of trust: of 0-9, a-z, ".", "_" and "-", and it does not begin with {@code
 *     trust-anchor-}
 * @param anchor whether the verifiers are trust anchors, which vouch for those that verify
 */
public record Purpose(String role, boolean anchor) {
  /** What a value must be, for messages. */
  public static final String EXPECTED =
      "ROLE or trust-anchor-ROLE, with a role of 0-9, a-z, `.`, `_` and `-` that does not begin"
          + " with trust-anchor-";

  static final String ANCHOR = "trust-anchor-";

  /** Refuses a role that is none, with {@link IllegalArgumentException}. */
  public Purpose {
    if (!isRole(role) || !Context.isValid(anchor ? ANCHOR + role : role)) {
      throw new IllegalArgumentException("no role: " + Quote.quote(role));
    }
  }

  /** The purpose whose directory has this name. */
  public static Purpose of(String directory) {
    boolean anchor = directory.startsWith(ANCHOR);
    return new Purpose(anchor ? directory.substring(ANCHOR.length()) : directory, anchor);
  }

  /** Whether a text is the name of a purpose's directory. */
  public static boolean isValid(String text) {
    return Context.isValid(text)
        && isRole(text.startsWith(ANCHOR) ? text.substring(ANCHOR.length()) : text);
  }

  private static boolean isRole(String text) {
    return Context.isValid(text) && !text.startsWith(ANCHOR);
  }

  /** The name of its directory. */
  public String value() {
    return anchor ? ANCHOR + role : role;
  }

  @Override
  public String toString() {
    return value();
  }
}
