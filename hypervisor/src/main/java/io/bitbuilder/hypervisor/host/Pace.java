package io.bitbuilder.hypervisor.host;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;

/** Time: what it is, and to let some of it pass. */
public interface Pace {
  /** The wall clock. */
  Instant now();

  /** A clock that only ever goes on, from some moment. */
  Duration elapsed();

  /**
   * Waits.
   *
   * @throws InterruptedIOException when the thread is interrupted
   */
  void pause(Duration time) throws InterruptedIOException;

  /** The real one. */
  Pace LOCAL =
      new Pace() {
        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public Duration elapsed() {
          return Duration.ofNanos(System.nanoTime());
        }

        @Override
        public void pause(Duration time) throws InterruptedIOException {
          try {
            // The real clock; whoever waits is given one, and tests another.
            Thread.sleep(time);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException failure = new InterruptedIOException("interrupted");
            failure.initCause(e);
            throw failure;
          }
        }
      };
}
