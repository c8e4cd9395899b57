package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.host.Systemd;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The one place where generations are switched: all that ask while it is busy share the next
 * selection and the next daemon-reload. Its thread is its own, so that no tenant that is called
 * back can interrupt a switch that others share.
 */
final class Switchboard implements AutoCloseable {
  private final Store store;
  private final Systemd systemd;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("switch").factory());
  private final List<Request> waiting = new ArrayList<>();
  private boolean reloaded;

  Switchboard(Store store, Systemd systemd) {
    this.store = store;
    this.systemd = systemd;
  }

  /**
   * What is asked for.
   *
   * @param to the generation, 0 for none
   * @param reload whether systemd must load its units again
   */
  record Turn(TenantId tenant, int to, boolean reload) {}

  private record Request(Turn turn, CompletableFuture<Void> done) {}

  /**
   * Asks for several at once; they are switched together.
   *
   * @return for each, in order, when it is done or why it failed, an IOException as the cause
   */
  List<Future<Void>> turn(List<Turn> turns) {
    List<Request> requests =
        turns.stream().map(turn -> new Request(turn, new CompletableFuture<>())).toList();
    synchronized (waiting) {
      waiting.addAll(requests);
    }
    thread.execute(this::serve);
    return requests.stream().<Future<Void>>map(Request::done).toList();
  }

  /** Whether systemd loaded its units again since this was made. */
  boolean hasReloaded() {
    synchronized (waiting) {
      return reloaded;
    }
  }

  private void serve() {
    List<Request> batch;
    synchronized (waiting) {
      batch = List.copyOf(waiting);
      waiting.clear();
    }
    if (!batch.isEmpty()) {
      serve(batch);
    }
  }

  private void serve(List<Request> batch) {
    try {
      SortedMap<TenantId, Integer> selection = new TreeMap<>(store.selection());
      for (Request request : batch) {
        if (request.turn().to() == 0) {
          selection.remove(request.turn().tenant());
        } else {
          selection.put(request.turn().tenant(), request.turn().to());
        }
      }
      store.select(selection);
      if (batch.stream().anyMatch(request -> request.turn().reload())) {
        systemd.daemonReload();
        synchronized (waiting) {
          reloaded = true;
        }
      }
      batch.forEach(request -> request.done().complete(null));
    } catch (IOException | RuntimeException e) {
      if (batch.size() == 1) {
        batch.getFirst().done().completeExceptionally(e);
      } else {
        // One of them may be at fault: not all of them.
        batch.forEach(request -> serve(List.of(request)));
      }
    } catch (Error e) {
      batch.forEach(request -> request.done().completeExceptionally(e));
    }
  }

  @Override
  public void close() {
    thread.close();
  }
}
