package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The same question, asked by many at once about units of their own: all that ask while an answer
 * is under way share the next one. A thousand tenants that wait for their containers cost one
 * process now and then, not a thousand.
 *
 * @param <T> what is known of a unit
 */
final class RollCall<T> {
  /** Asks about units; the answer is by unit name and may leave some out. */
  @FunctionalInterface
  interface Question<T> {
    Map<String, T> ask(Collection<String> units) throws IOException;
  }

  private record Request<T>(Collection<String> units, CompletableFuture<Map<String, T>> answer) {}

  private final Question<T> question;
  private final List<Request<T>> waiting = new ArrayList<>();
  private boolean asking;

  RollCall(Question<T> question) {
    this.question = question;
  }

  /** What is known of these units, as of a moment after the call. */
  SortedMap<String, T> of(Collection<String> units) throws IOException {
    Request<T> request = new Request<>(units, new CompletableFuture<>());
    synchronized (waiting) {
      waiting.add(request);
      if (!asking) {
        asking = true;
        // Not in the caller's thread: what interrupts the caller must not fail the others.
        Thread.ofVirtual().name("roll call").start(this::serve);
      }
    }
    SortedMap<String, T> own = new TreeMap<>(await(request.answer()));
    own.keySet().retainAll(units);
    return own;
  }

  /** How many have asked for the next answer. */
  int waiting() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  private static <A> A await(CompletableFuture<A> answer) throws IOException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw new IOException(failure.getMessage(), failure);
        case Error error -> throw error;
        case null, default -> throw new IOException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("interrupted");
      failure.initCause(e);
      throw failure;
    }
  }

  private void serve() {
    for (List<Request<T>> batch = next(); !batch.isEmpty(); batch = next()) {
      SortedSet<String> units = new TreeSet<>();
      batch.forEach(request -> units.addAll(request.units()));
      try {
        Map<String, T> answer = question.ask(units);
        batch.forEach(request -> request.answer().complete(answer));
      } catch (IOException | RuntimeException | Error e) {
        batch.forEach(request -> request.answer().completeExceptionally(e));
      }
    }
  }

  private List<Request<T>> next() {
    synchronized (waiting) {
      List<Request<T>> batch = List.copyOf(waiting);
      waiting.clear();
      asking = !batch.isEmpty();
      return batch;
    }
  }
}
