package io.bitbuilder.hypervisor.sync;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A limit for a whole operation, however busy the other end keeps it. */
final class Deadline {
  private Deadline() {}

  /**
   * Runs an operation on a virtual thread of its own. When the time is over the thread is
   * interrupted, which closes the socket it reads from (java.net.Socket, "virtual thread").
   *
   * @throws TimeoutException when it took too long; it may still be winding down
   * @throws ExecutionException with what the operation threw, errors included
   */
  static <T> T within(Duration limit, Budget budget, Callable<T> operation)
      throws ExecutionException, TimeoutException, InterruptedException {
    return within(limit, budget, Thread.ofVirtual(), operation);
  }

  /**
   * The same on a thread of the system's, for files: opening one may block, which would take the
   * thread that carries virtual ones away from all of them.
   */
  static <T> T withinForFiles(Duration limit, Budget budget, Callable<T> operation)
      throws ExecutionException, TimeoutException, InterruptedException {
    return within(limit, budget, Thread.ofPlatform().daemon(), operation);
  }

  private static <T> T within(
      Duration limit, Budget budget, Thread.Builder threads, Callable<T> operation)
      throws ExecutionException, TimeoutException, InterruptedException {
    FutureTask<T> task = new FutureTask<>(operation);
    Thread thread = threads.start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      if (!task.isDone()) {
        budget.cancel();
        task.cancel(true);
        // What it holds open is its own; a second is enough to let go of it.
        thread.join(Duration.ofSeconds(1));
      }
    }
  }
}
