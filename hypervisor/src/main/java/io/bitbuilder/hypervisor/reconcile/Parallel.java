package io.bitbuilder.hypervisor.reconcile;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Many small pieces of work on virtual threads, a limited number at once, results in order. */
final class Parallel {
  /** Enough to keep processors and disk busy; few enough to bound open files and memory. */
  private static final int AT_ONCE = 64;

  private Parallel() {}

  /** The work on one item. */
  @FunctionalInterface
  interface Work<T, R> {
    /** Gives a result or none. */
    Optional<R> apply(T item) throws IOException;
  }

  static <T, R> List<R> map(List<T> items, Work<T, R> work) throws IOException {
    Semaphore permits = new Semaphore(AT_ONCE);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Optional<R>>> futures = new ArrayList<>();
      for (T item : items) {
        futures.add(
            executor.submit(() -> {
              permits.acquire();
              try {
                return work.apply(item);
              } finally {
                permits.release();
              }
            }));
      }
      List<R> results = new ArrayList<>();
      for (Future<Optional<R>> future : futures) {
        future.get().ifPresent(results::add);
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
