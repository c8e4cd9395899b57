package io.bitbuilder.hypervisor.voa;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.util.List;

/**
 * Whose artifacts: {@code ID[:VERSION_ID[:VARIANT_ID[:IMAGE_ID[:IMAGE_VERSION]]]]} of os-release(5)
 * (UAPI.11, OS). A more specific one never stands for a less specific one.
 *
 * @param value one to five parts between colons, each of 0-9, a-z, ".", "_" and "-"; the first is
 *     not empty, and neither is the last
 */
public record Os(String value) {
  /** What a value must be, for messages. */
  public static final String EXPECTED =
      "ID[:VERSION_ID[:VARIANT_ID[:IMAGE_ID[:IMAGE_VERSION]]]] of 0-9, a-z, `.`, `_` and `-`,"
          + " without a colon at the end";

  /** The one of this product. */
  public static final Os BITBUILDER = new Os("bitbuilder");

  private static final int PARTS = 5;

  /** Refuses what {@link #isValid} refuses, with {@link IllegalArgumentException}. */
  public Os {
    if (!isValid(value)) {
      throw new IllegalArgumentException("no os: " + Quote.quote(value));
    }
  }

  /** Whether a text is an os identifier. */
  public static boolean isValid(String text) {
    List<String> parts = split(text);
    return Context.isDirectoryName(text)
        && parts.size() <= PARTS
        && !parts.getFirst().isEmpty()
        && !parts.getLast().isEmpty()
        && parts.stream().allMatch(Context::areLetters);
  }

  /** Its one to five parts, in order; those in between may be empty. */
  public List<String> parts() {
    return split(value);
  }

  private static List<String> split(String text) {
    return List.of(text.split(":", -1));
  }

  @Override
  public String toString() {
    return value;
  }
}
