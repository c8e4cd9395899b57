package io.bitbuilder.hypervisor.model;

/** A full commit id: 40 or 64 lowercase hexadecimal digits. */
public record CommitId(String value) {
  public CommitId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a commit id");
    }
  }

  /** Whether the text is a full commit id. */
  public static boolean isValid(String text) {
    return (text.length() == 40 || text.length() == 64)
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /** The first twelve digits, for people. */
  public String abbreviated() {
    return value.substring(0, 12);
  }

  @Override
  public String toString() {
    return value;
  }
}
