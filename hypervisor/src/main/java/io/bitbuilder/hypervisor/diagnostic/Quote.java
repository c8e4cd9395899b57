package io.bitbuilder.hypervisor.diagnostic;

/** Shows untrusted text so that it can forge neither a line nor a terminal escape. */
public final class Quote {
  private static final int LIMIT = 80;

  private Quote() {}

  /** The text between backquotes, {@linkplain #escape escaped} and cut at 80 characters. */
  public static String quote(String text) {
    return "`" + escape(text) + "`";
  }

  /**
   * The text, cut at 80 characters, with control, format and line-separator characters as backslash
   * escapes.
   */
  public static String escape(String text) {
    return escape(text, LIMIT);
  }

  /** The text escaped and cut at a limit of code points. */
  public static String escape(String text, int limit) {
    StringBuilder out = new StringBuilder();
    int shown = 0;
    for (int i = 0; i < text.length(); ) {
      if (shown++ == limit) {
        return out.append('…').toString();
      }
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (isSafe(c)) {
            out.appendCodePoint(c);
          } else {
            out.append(String.format("\\u{%x}", c));
          }
        }
      }
    }
    return out.toString();
  }

  static boolean isSafe(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
