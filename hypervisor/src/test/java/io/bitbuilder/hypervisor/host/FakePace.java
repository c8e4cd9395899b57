package io.bitbuilder.hypervisor.host;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;

/** Time that passes only where somebody waits for it. */
public final class FakePace implements Pace {
  private Duration elapsed = Duration.ZERO;
  private Runnable paused = () -> {};
  private Instant start = Instant.parse("2026-01-01T00:00:00Z");

  /** Lets time pass by itself. */
  public synchronized void pass(Duration time) {
    elapsed = elapsed.plus(time);
  }

  /** Called whenever somebody waits. */
  public synchronized void whenPaused(Runnable action) {
    paused = action;
  }

  @Override
  public synchronized Instant now() {
    return start.plus(elapsed);
  }

  @Override
  public synchronized Duration elapsed() {
    return elapsed;
  }

  @Override
  public void pause(Duration time) throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
    pass(time);
    Runnable action;
    synchronized (this) {
      action = paused;
    }
    action.run();
  }
}
