package io.bitbuilder.testbed;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The console of a machine that nobody can log in to, because it is not meant to come so far. */
public final class Console implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Lane lane;

  private Console(String name) {
    this(new Lane(name + "-" + ProcessHandle.current().pid()));
  }

  Console(Lane lane) {
    this.lane = lane;
  }

  /**
   * Starts a machine with firmware and a TPM, and does not wait for it.
   *
   * @param image a directory with a disk and firmware
   * @param credentials their content by their name
   */
  public static Console of(String name, Path image, Map<String, String> credentials) {
    Console console = new Console(name);
    return Credentials.with(
        credentials,
        directory -> {
          console.lane.must(
              LIMIT,
              "up",
              "--image",
              image.toString(),
              "--credentials",
              directory.toString(),
              "--no-wait");
          return console;
        });
  }

  /** All it has said. */
  public String text() {
    return lane.must(LIMIT, "console");
  }

  /** Waits until it has said this, and gives all it has said by then. */
  public String says(Duration limit, String what) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      String text = text();
      if (text.contains(what)) {
        return text;
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("it did not say `" + what + "` within " + limit + ":\n" + text);
      }
      // Each look starts a process.
      LockSupport.parkNanos(500_000_000L);
    }
  }

  @Override
  public void close() {
    lane.must(LIMIT, "down");
  }
}
