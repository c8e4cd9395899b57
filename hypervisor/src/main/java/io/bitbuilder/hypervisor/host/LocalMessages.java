package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/**
 * The journal by way of {@code logger --journald} (logger(1)): its own protocol wants a datagram
 * socket, which Java has not.
 */
public final class LocalMessages implements Messages {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Commands commands;

  /** Writes with this host's logger. */
  public LocalMessages(Commands commands) {
    this.commands = commands;
  }

  @Override
  public void send(String id, int priority, String text, SortedMap<String, String> fields)
      throws IOException {
    StringBuilder input = new StringBuilder();
    field("MESSAGE", text, input);
    field("MESSAGE_ID", id, input);
    field("PRIORITY", String.valueOf(priority), input);
    field("SYSLOG_IDENTIFIER", "bitbuilder", input);
    fields.forEach((name, value) -> field(name, value, input));
    Commands.Result result = commands.run(List.of("logger", "--journald"), input.toString(), LIMIT);
    if (!result.ok()) {
      throw new IOException("logger: " + result.err().strip());
    }
  }

  /** A line each: a line end in a value would begin a field of its own. */
  private static void field(String name, String value, StringBuilder into) {
    into.append(name).append('=');
    value.codePoints().map(c -> Character.isISOControl(c) ? ' ' : c).forEach(into::appendCodePoint);
    into.append('\n');
  }
}
