package io.bitbuilder.hypervisor.host;

import java.time.Duration;

/** Ctrl-] three times within a second: how machinectl(1) and its siblings are left, too. */
final class Escape {
  private static final byte KEY = 0x1d;
  private static final int TIMES = 3;
  private static final long WITHIN = Duration.ofSeconds(1).toNanos();

  private int count;
  private long first;

  /**
   * Looks at what was typed.
   *
   * @param now any clock that only goes forward, in nanoseconds
   * @return whether the escape is complete
   */
  boolean typed(byte[] keys, int length, long now) {
    for (int i = 0; i < length; i++) {
      if (keys[i] != KEY) {
        count = 0;
      } else if (count == 0 || now - first > WITHIN) {
        count = 1;
        first = now;
      } else if (++count == TIMES) {
        return true;
      }
    }
    return false;
  }
}
