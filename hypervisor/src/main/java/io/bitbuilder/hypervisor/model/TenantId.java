package io.bitbuilder.hypervisor.model;

/**
 * The immutable id of a tenant: 1 to 32 of {@code a-z 0-9 -}, starting with a letter, not ending in
 * a dash. It names directories, units, slices and the domain of the tenant's machines.
 */
public record TenantId(String value) implements Comparable<TenantId> {
  /** What a valid id looks like, for messages. */
  public static final String EXPECTED =
      "1 to 32 of a-z, 0-9 and -, starting with a letter and not ending in -";

  public TenantId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a tenant id");
    }
  }

  /** Whether the text is a valid id; {@code system} is reserved. */
  public static boolean isValid(String text) {
    return Names.isLabel(text, 32) && !text.equals("system");
  }

  @Override
  public int compareTo(TenantId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
