package io.bitbuilder.hypervisor.limits;

import java.util.Locale;
import java.util.OptionalLong;

/**
 * One limit of a tenant, as it was set and as the kernel has it.
 *
 * @param set what its generation sets: bytes, tasks, or thousandths of a processor
 * @param kernel what the kernel says; empty when it says nothing or has no limit
 * @param used how much of it is used; empty when nobody counts
 */
public record Limit(Kind kind, long set, State state, OptionalLong kernel, OptionalLong used) {
  /** What is limited. */
  public enum Kind {
    MEMORY,
    TASKS,
    CPU,
    STORAGE;

    /** As people write it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether the kernel does what was set. */
  public enum State {
    /** It does. */
    HELD,
    /** It has another limit, or none. */
    DIFFERENT,
    /** It cannot: it has no controller or no quotas for it. */
    NOT_ENFORCED,
    /** There is nothing that runs, or no directory, for it to apply to. */
    IDLE
  }

  /** Whether all is used up. */
  public boolean isFull() {
    return used.isPresent() && kernel.isPresent() && used.getAsLong() >= kernel.getAsLong();
  }
}
