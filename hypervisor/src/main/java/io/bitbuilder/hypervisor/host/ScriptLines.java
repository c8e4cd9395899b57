package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a guest says of the script it runs (host/usr/lib/bitbuilder/guest/scripts), which may be
 * anything. Lines that do not carry the token are somebody else's and count for nothing; a line of
 * the script's own is never more than output, for the agent writes its first words.
 */
final class ScriptLines {
  /** The rest of a longer line is left out. */
  private static final int LINE_LIMIT = 8 << 10;

  /** What goes to the journal of one run. */
  static final int OUTPUT_LIMIT = 1 << 20;

  private final String token;
  private final OutputStream output;
  private final byte[] line = new byte[LINE_LIMIT];
  private int length;
  private boolean longer;
  private long written;
  private int greetings;
  private Optional<ScriptPort.End> end = Optional.empty();

  /**
   * Reads one conversation.
   *
   * @param output what the script writes, line by line
   */
  ScriptLines(String token, OutputStream output) {
    this.token = token;
    this.output = output;
  }

  /** How often an agent said that it is ready; a second one is another one. */
  int greetings() {
    return greetings;
  }

  /** How it ended, once it has. */
  Optional<ScriptPort.End> end() {
    return end;
  }

  /** Takes what has arrived, as far as the end. */
  void take(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining() && end.isEmpty()) {
      byte b = bytes.get();
      if (b == '\n') {
        line();
        length = 0;
        longer = false;
      } else if (length < LINE_LIMIT) {
        line[length++] = b;
      } else {
        longer = true;
      }
    }
    output.flush();
  }

  private void line() throws IOException {
    int at = after("out");
    if (at > 0) {
      write(at);
      return;
    }
    if (longer) {
      return;
    }
    if (after("ready") > 0) {
      greetings++;
    }
    at = after("end");
    if (at > 0) {
      end = status(rest(at)).map(ScriptPort.Exited::new);
    }
    at = after("broken");
    if (at > 0) {
      end = Optional.of(new ScriptPort.Failed("the guest could not run it: " + rest(at)));
    }
  }

  /** Where the text begins after a verb and our token, or 0. */
  private int after(String verb) {
    byte[] start = (verb + " " + token + " ").getBytes(StandardCharsets.US_ASCII);
    return length >= start.length && Arrays.equals(line, 0, start.length, start, 0, start.length)
        ? start.length
        : 0;
  }

  private String rest(int at) {
    return new String(line, at, length - at, StandardCharsets.UTF_8).strip();
  }

  /** As wait(1) has it. What is none is no end, and time goes on. */
  private static Optional<Integer> status(String text) {
    return text.matches("[0-9]{1,3}")
        ? Optional.of(Integer.valueOf(text)).filter(status -> status <= 255)
        : Optional.empty();
  }

  private void write(int at) throws IOException {
    if (written > OUTPUT_LIMIT) {
      return;
    }
    written += length - at + 1;
    if (written > OUTPUT_LIMIT) {
      say("it wrote more than " + OUTPUT_LIMIT + " bytes, and the rest is left out");
      return;
    }
    output.write(line, at, length - at);
    say(longer ? " [the rest of this line is left out]" : "");
  }

  private void say(String text) throws IOException {
    output.write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
