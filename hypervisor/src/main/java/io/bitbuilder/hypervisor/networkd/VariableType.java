package io.bitbuilder.hypervisor.networkd;

/**
 * What a variable stands for. No value of any of them has a space, a line end or a character that
 * means something to systemd.
 */
public enum VariableType {
  /** Letters, digits and dashes. */
  LABEL("a name"),
  /** The name of an interface. */
  INTERFACE("the name of an interface"),
  /** A domain. */
  DOMAIN("a domain"),
  /** An IPv4 address. */
  ADDRESS4("an IPv4 address"),
  /** An IPv6 address. */
  ADDRESS6("an IPv6 address");

  private final String text;

  VariableType(String text) {
    this.text = text;
  }

  /** It in a sentence. */
  public String text() {
    return text;
  }
}
