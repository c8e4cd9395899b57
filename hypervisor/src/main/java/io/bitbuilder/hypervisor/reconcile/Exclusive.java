package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.host.Pace;
import io.bitbuilder.hypervisor.host.ProcessLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The right to change what runs, held by one process at a time and given up by the kernel when the
 * process ends, however it does.
 */
final class Exclusive implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final ProcessLock lock;

  private Exclusive(ProcessLock lock) {
    this.lock = lock;
  }

  /**
   * Takes it without waiting.
   *
   * @param root the directory the host's files are under
   * @throws Busy when another process has it, or nothing is to run
   */
  static Exclusive take(Path root) throws IOException {
    if (Drain.isOn(root)) {
      throw new Busy("the host is drained; `" + Drain.END + "` has its tenants run again");
    }
    try {
      return new Exclusive(ProcessLock.take(root.resolve("run/bitbuilder/activate.lock")));
    } catch (ProcessLock.Held e) {
      throw new Busy("another activation is under way (process " + e.process() + ")");
    }
  }

  /**
   * Takes it as soon as nobody has it.
   *
   * @param waits told once, in our words, when somebody has
   */
  static Exclusive await(Path root, Pace pace, Consumer<String> waits) throws IOException {
    boolean told = false;
    while (true) {
      try {
        return take(root);
      } catch (Busy e) {
        if (!told) {
          waits.accept(String.valueOf(e.getMessage()));
          told = true;
        }
        pace.pause(LOOK);
      }
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
