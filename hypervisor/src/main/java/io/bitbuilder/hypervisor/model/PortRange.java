package io.bitbuilder.hypervisor.model;

/**
 * Ports of TCP or UDP next to each other.
 *
 * @param first 1 to 65535
 * @param last not less than the first
 */
public record PortRange(int first, int last) {
  /** The highest port. */
  public static final int MOST = 65535;

  /** Whether it is one port at least, and none beyond the highest. */
  public static boolean isValid(int first, int last) {
    return first >= 1 && first <= last && last <= MOST;
  }

  /** Whether a port is one of them. */
  public boolean contains(int port) {
    return port >= first && port <= last;
  }

  /** Whether all of the other's are among them. */
  public boolean contains(PortRange other) {
    return first <= other.first && other.last <= last;
  }

  /** Whether a port is in both. */
  public boolean overlaps(PortRange other) {
    return first <= other.last && other.first <= last;
  }

  @Override
  public String toString() {
    return first == last ? String.valueOf(first) : first + "-" + last;
  }
}
