package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** systemd-creds(1): secrets go through pipes, never through files or arguments. */
public final class LocalCipher implements HostCipher {
  private static final String PROGRAM = "systemd-creds";

  /** Of what it writes: a ciphertext of 1 MiB in base64 with line feeds is shorter. */
  private static final int OUTPUT_LIMIT = 2 << 20;

  /** A TPM takes its time. */
  private static final int PATIENCE_SECONDS = 60;

  @Override
  public byte[] encrypt(String name, byte[] secret, Key key) throws IOException {
    String with =
        switch (key) {
          case BEST -> "auto";
          case FILE -> "host";
        };
    return run(List.of("encrypt", "--name=" + name, "--with-key=" + with, "-", "-"), secret, true);
  }

  @Override
  public byte[] decrypt(String name, byte[] ciphertext) throws IOException {
    return run(List.of("decrypt", "--name=" + name, "-", "-"), ciphertext, true);
  }

  @Override
  public void check(String name, byte[] ciphertext) throws IOException {
    run(List.of("decrypt", "--name=" + name, "-", "-"), ciphertext, false);
  }

  private static byte[] run(List<String> words, byte[] input, boolean wanted) throws IOException {
    List<String> command = new ArrayList<>(List.of(PROGRAM));
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("SYSTEMD_COLORS", "0");
    builder.environment().put("SYSTEMD_LOG_TARGET", "console");
    if (!wanted) {
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }
    Process process = builder.start();
    Taken out = new Taken(process.getInputStream());
    Taken err = new Taken(process.getErrorStream());
    try {
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input);
      } catch (IOException _) {
        // It did not want to read it all; its exit status tells more.
      }
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(PROGRAM + " took longer than " + PATIENCE_SECONDS + " seconds");
      }
      byte[] taken = out.bytes();
      if (process.exitValue() != 0) {
        Arrays.fill(taken, (byte) 0);
        throw new Closed(reason(new String(err.bytes(), StandardCharsets.UTF_8)));
      }
      return taken;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException(PROGRAM + " interrupted");
      failure.initCause(e);
      throw failure;
    } finally {
      process.destroyForcibly();
      out.forget();
    }
  }

  /** The last line: what is before it are remarks on where keys lie. */
  private static String reason(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .reduce((_, later) -> later)
        .orElse(PROGRAM + " says no more");
  }

  /** Takes in one stream beside the process. */
  private static final class Taken {
    private final byte[] buffer = new byte[OUTPUT_LIMIT];
    private final Thread thread;
    private int size;

    Taken(InputStream stream) {
      this.thread = Thread.ofVirtual().start(() -> read(stream));
    }

    private void read(InputStream stream) {
      try (stream) {
        size = stream.readNBytes(buffer, 0, buffer.length);
      } catch (IOException _) {
        // The process was killed; its exit status tells.
      }
    }

    byte[] bytes() throws InterruptedException {
      thread.join();
      return Arrays.copyOf(buffer, size);
    }

    void forget() {
      Arrays.fill(buffer, (byte) 0);
    }
  }
}
