package io.bitbuilder.hypervisor.model;

/** The one rule for names that become file, unit, interface and host names. */
final class Names {
  private Names() {}

  static boolean isLabel(String text, int limit) {
    if (text.isEmpty() || text.length() > limit || text.endsWith("-")) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = c >= 'a' && c <= 'z';
      boolean other = (c >= '0' && c <= '9') || c == '-';
      if (!letter && (i == 0 || !other)) {
        return false;
      }
    }
    return true;
  }
}
