package io.bitbuilder.hypervisor.sync;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** When to try again what failed: later each time, and not all at the same moment. */
final class BackOff {
  private static final Duration FIRST = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final double SPREAD = 0.25;

  private final Instant now;
  private final RandomGenerator random;

  BackOff(Instant now, RandomGenerator random) {
    this.now = now;
    this.random = random;
  }

  /** The failure as it is remembered, counting from the one before. */
  FetchState.Failure after(Result.Failed failed, Optional<FetchState.Failure> before) {
    int count = before.map(FetchState.Failure::count).orElse(0) + 1;
    boolean same = before.map(FetchState.Failure::code).filter(failed.code()::equals).isPresent();
    return new FetchState.Failure(
        failed.code(),
        failed.message(),
        failed.expected(),
        failed.help(),
        count,
        same ? before.get().since() : now,
        failed.patient() ? now.plus(pause(count)) : now,
        failed.offered());
  }

  /** 30 s, 1 min, 2 min … 1 h, each a quarter shorter or longer. */
  private Duration pause(int count) {
    Duration pause = FIRST.multipliedBy(1L << Math.min(count - 1, 10));
    Duration capped = pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    double factor = 1 + SPREAD * (2 * random.nextDouble() - 1);
    return Duration.ofMillis((long) (capped.toMillis() * factor));
  }
}
