package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The keys of health checks. */
final class CheckKeys {
  private static final String INSIDE = "the host does not look into a virtual machine";

  private static final Key<Integer> PORT =
      Key.of("port", Vocabulary.PORT, LIVE, "The port inside.").mandatory();
  private static final Key<String> PATH =
      Key.of("path", Vocabulary.HTTP_PATH, LIVE, "What to ask for.").or("/", "/");
  private static final Key<Integer> STATUS =
      Key.of("status", Amounts.integer(100, 599), LIVE, "The status that is healthy.")
          .orElse("any of 200 to 299");
  private static final Shape HTTP_SHAPE = Shape.of("http", PORT, PATH, STATUS);

  private static final Key<Integer> TCP =
      Key.of("tcp", Vocabulary.PORT, LIVE, "Healthy when this port accepts a connection.");
  private static final Key<Values> HTTP =
      Key.of("http", HTTP_SHAPE, LIVE, "Healthy when a GET answers with the status.");
  private static final Key<List<String>> EXEC =
      Key.of(
          "exec",
          new ListOf<>(Vocabulary.ARGUMENT),
          LIVE,
          "Healthy when this command, run inside, exits with 0.");
  private static final Key<String> UNIT =
      Key.of("unit", Vocabulary.UNIT, LIVE, "Healthy when this unit inside is active.");
  private static final Key<Duration> INTERVAL =
      Key.of("interval", Amounts.DURATION, LIVE, "Time between two tries.")
          .or(Duration.ofSeconds(1), "1s");
  private static final Key<Duration> TIMEOUT =
      Key.of("timeout", Amounts.DURATION, LIVE, "Limit for one try.")
          .or(Duration.ofSeconds(5), "5s");
  private static final Shape CHECK =
      Shape.of("a health check", TCP, HTTP, EXEC, UNIT, INTERVAL, TIMEOUT);

  private static final Key<List<Values>> CHECKS =
      Key.of(
          "checks",
          new ListOf<>(CHECK),
          LIVE,
          "All must pass before a new generation counts as healthy. Each is one of `tcp`, `http`,"
              + " `exec` and `unit`.");
  static final Shape SHAPE = Shape.of("health", CHECKS);

  /** What a check can ask depends on where it looks. */
  enum Place {
    /** A container with an init. */
    BOOTED,
    /** A container that runs a command. */
    COMMAND,
    /** A virtual machine, whose inside the host does not enter. */
    MACHINE
  }

  private CheckKeys() {}

  /** The checks of a guest; call only when reading did not fail. */
  static List<Check> checks(Values health) {
    List<Check> checks = new ArrayList<>();
    for (Values values : health.list(CHECKS)) {
      Duration interval = values.get(INTERVAL);
      Duration timeout = values.get(TIMEOUT);
      if (values.has(TCP)) {
        checks.add(new Check.Tcp(values.get(TCP), interval, timeout));
      } else if (values.has(HTTP)) {
        Values http = values.get(HTTP);
        checks.add(
            new Check.Http(http.get(PORT), http.get(PATH), http.find(STATUS), interval, timeout));
      } else if (values.has(EXEC)) {
        checks.add(new Check.Exec(values.get(EXEC), interval, timeout));
      } else {
        checks.add(new Check.Unit(values.get(UNIT), interval, timeout));
      }
    }
    return checks;
  }

  /** Reports checks that are none or several, and times that make no sense. */
  static void check(Values health, Place place) {
    for (Values values : health.list(CHECKS)) {
      List<Key<?>> kinds =
          List.<Key<?>>of(TCP, HTTP, EXEC, UNIT).stream()
              .filter(key -> values.node().get(key.name()) != null)
              .toList();
      if (kinds.size() != 1) {
        values
            .reading()
            .error(
                kinds.isEmpty() ? Code.BB203 : Code.BB213,
                values.node(),
                kinds.isEmpty()
                    ? "the check says nothing to check"
                    : "`"
                        + kinds.get(0).name()
                        + "` and `"
                        + kinds.get(1).name()
                        + "` in one check",
                "one of tcp, http, exec, unit",
                kinds.isEmpty() ? "" : "make two checks of them");
      }
      positive(values, INTERVAL);
      positive(values, TIMEOUT);
      if (values.has(EXEC) && values.get(EXEC).isEmpty()) {
        ContainerFile.emptyCommand(values, EXEC);
      }
      switch (place) {
        case BOOTED -> {}
        case COMMAND ->
            refuse(
                values,
                UNIT,
                "a container that runs a `command` has no units",
                "tcp, http or exec");
        case MACHINE -> {
          refuse(values, UNIT, INSIDE, "tcp or http");
          refuse(values, EXEC, INSIDE, "tcp or http");
        }
      }
    }
  }

  private static void refuse(Values values, Key<?> key, String why, String expected) {
    if (values.has(key)) {
      values.reading().errorAtKey(Code.BB213, values.node(), key.name(), why, expected, "");
    }
  }

  private static void positive(Values values, Key<Duration> key) {
    if (values.has(key) && values.get(key).isZero()) {
      values.reading().add(Code.BB205, values.at(key), "0 is out of range", "more than 0", "");
    }
  }
}
