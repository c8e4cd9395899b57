package io.bitbuilder.hypervisor.names;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How much each may ask: so many at once, and so many a second from then on. For several threads.
 */
final class Allowance {
  /** More than a network has members; of more, those are forgotten that were silent longest. */
  private static final int REMEMBERED = 4096;

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final long perSecond;
  private final long atOnce;
  private final LongSupplier nanos;
  private final Map<InetAddress, Account> accounts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Account> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** What is left to one, in parts of a question, and as of when. */
  private record Account(long left, long asOf) {}

  /**
   * An allowance of the same size for each.
   *
   * @param nanos a clock that only ever goes on
   */
  Allowance(long perSecond, long atOnce, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.atOnce = atOnce;
    this.nanos = nanos;
  }

  /** Takes one; false when nothing is left. */
  synchronized boolean take(InetAddress who) {
    long now = nanos.getAsLong();
    long full = atOnce * SECOND;
    Account before = accounts.getOrDefault(who, new Account(full, now));
    // Whoever was silent for longer than it takes has it all again; so nothing overflows.
    long passed = Math.min(now - before.asOf(), full / perSecond + 1);
    long left = Math.min(full, before.left() + passed * perSecond);
    boolean taken = left >= SECOND;
    accounts.put(who, new Account(taken ? left - SECOND : left, now));
    return taken;
  }
}
