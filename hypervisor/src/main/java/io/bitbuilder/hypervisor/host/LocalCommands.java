package io.bitbuilder.hypervisor.host;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands on this host. */
public final class LocalCommands implements Commands {
  /** Of each stream; the rest is read and dropped, so that the program does not block. */
  private static final int OUTPUT_LIMIT = 4 << 20;

  /** For a process that left its output open to another one. */
  private static final Duration DRAIN = Duration.ofSeconds(1);

  @Override
  public Result run(List<String> words, String input, Duration limit) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("SYSTEMD_COLORS", "0");
    builder.environment().put("SYSTEMD_PAGER", "");
    Process process = builder.start();
    Reader out = new Reader(process.getInputStream());
    Reader err = new Reader(process.getErrorStream());
    boolean ended = false;
    try {
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException _) {
        // It did not want to read it all; its exit status tells more.
      }
      ended = process.waitFor(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(words, e);
    } finally {
      if (!ended) {
        kill(process);
      }
    }
    return new Result(ended ? process.exitValue() : -1, out.text(), err.text(), !ended);
  }

  @Override
  public int interactive(List<String> words) throws IOException {
    Process process = new ProcessBuilder(words).inheritIO().start();
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      kill(process);
      Thread.currentThread().interrupt();
      throw interrupted(words, e);
    }
  }

  private static InterruptedIOException interrupted(List<String> words, InterruptedException e) {
    InterruptedIOException failure = new InterruptedIOException(words.getFirst() + " interrupted");
    failure.initCause(e);
    return failure;
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Takes in one stream beside the process. */
  private static final class Reader {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final Thread thread;

    Reader(InputStream stream) {
      this.thread = Thread.ofVirtual().start(() -> read(stream));
    }

    private void read(InputStream stream) {
      byte[] buffer = new byte[8192];
      try (stream) {
        for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
          synchronized (taken) {
            taken.write(buffer, 0, Math.min(n, OUTPUT_LIMIT - taken.size()));
          }
        }
      } catch (IOException _) {
        // The process was killed; what was read so far is what there is.
      }
    }

    String text() throws IOException {
      try {
        thread.join(DRAIN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
      synchronized (taken) {
        return taken.toString(StandardCharsets.UTF_8);
      }
    }
  }
}
