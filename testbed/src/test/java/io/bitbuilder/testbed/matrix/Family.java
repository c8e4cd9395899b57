package io.bitbuilder.testbed.matrix;

/** The kind of address a probe goes to. */
public enum Family {
  V4("4"),
  V6("6"),
  /** IPv6 again, by link-local address. */
  LOCAL("6-local");

  private final String suffix;

  Family(String suffix) {
    this.suffix = suffix;
  }

  /** What it adds to the name of a kind. */
  String suffix() {
    return suffix;
  }
}
