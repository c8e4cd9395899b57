package io.bitbuilder.hypervisor.model;

/**
 * The name of a machine, container, network or volume inside its tenant: 1 to 31 of {@code a-z 0-9
 * -}, starting with a letter, not ending in a dash. With the tenant id it fits a machine name of
 * systemd ({@code web.tenant-001}, at most 64 characters).
 */
public record ResourceName(String value) implements Comparable<ResourceName> {
  /** What a valid name looks like, for messages. */
  public static final String EXPECTED =
      "1 to 31 of a-z, 0-9 and -, starting with a letter and not ending in -";

  public ResourceName {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a resource name");
    }
  }

  /** Whether the text is a valid name. */
  public static boolean isValid(String text) {
    return Names.isLabel(text, 31);
  }

  @Override
  public int compareTo(ResourceName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
