package io.bitbuilder.hypervisor.voa;

/** The alphabet of identifiers (UAPI.11, Identifiers; os-release(5)). */
final class Words {
  /** NAME_MAX of Linux: an identifier is a directory's name. */
  private static final int LONGEST = 255;

  private Words() {}

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

  /** Whether a text is an identifier of one part. */
  static boolean isIdentifier(String text) {
    return isDirectoryName(text) && areLetters(text);
  }
}
