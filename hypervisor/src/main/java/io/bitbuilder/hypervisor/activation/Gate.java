package io.bitbuilder.hypervisor.activation;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Bounds how many tenants start and stop at once; those that only wait for health do not count. */
final class Gate {
  private final Semaphore permits;

  Gate(int atOnce) {
    this.permits = new Semaphore(atOnce, true);
  }

  /** What is done inside. */
  @FunctionalInterface
  interface Work<T> {
    /** Does it. */
    T run() throws IOException;
  }

  <T> T pass(Work<T> work) throws IOException {
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    try {
      return work.run();
    } finally {
      permits.release();
    }
  }

  /** Waits for an answer, and throws what went wrong with it. */
  static void await(Future<Void> answer) throws IOException {
    try {
      answer.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case Error error -> throw error;
        case null, default -> throw new IOException(e.getCause());
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static InterruptedIOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    InterruptedIOException failure = new InterruptedIOException("interrupted");
    failure.initCause(e);
    return failure;
  }
}
