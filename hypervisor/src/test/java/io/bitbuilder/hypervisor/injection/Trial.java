package io.bitbuilder.hypervisor.injection;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.injection.Pipeline.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Tries hostile texts, and keeps what came of each. */
final class Trial {
  private static final Path GOLDEN = Path.of("src/test/golden/injection");
  private static final boolean UPDATE = Boolean.getBoolean("golden.update");
  private static final int SHOWN = 300;

  /** What an accepted text changes beside its own words, and why it may. */
  private enum Consequence {
    /** Addresses and names of interfaces are kept under it: others are given out. */
    ALLOCATION,
    /** Each directory on the way to it is made. */
    DIRECTORIES
  }

  private static final Map<String, Consequence> CONSEQUENCES =
      Map.of(
          "containers/*", Consequence.ALLOCATION,
          "machines/*", Consequence.ALLOCATION,
          "network/wireguard/*.yaml", Consequence.ALLOCATION,
          "container#/uid", Consequence.ALLOCATION,
          "machine#/uid", Consequence.ALLOCATION,
          "config#/hosts/{}=", Consequence.ALLOCATION,
          "container#/volumes/*/path", Consequence.DIRECTORIES);

  private final String name;
  private final List<String> faults = new ArrayList<>();
  private final SortedMap<String, List<String>> accepted = new TreeMap<>();
  private final SortedMap<String, SortedSet<String>> texts = new TreeMap<>();
  private int tried;
  private int taken;

  Trial(String name) {
    this.name = name;
  }

  /** Reads, plans and compiles what the text was put into. */
  @FunctionalInterface
  interface Run {
    Outcome run() throws IOException;
  }

  /**
   * Tries one text.
   *
   * @param place what it is put into
   * @param base what comes of another text there
   * @param original that text
   * @param isAt whether findings say where it is
   */
  void of(
      String place,
      Injection injection,
      Anatomy base,
      String original,
      Predicate<List<Diagnostic>> isAt,
      Run run)
      throws IOException {
    tried++;
    String where = place + " × " + injection.name();
    Outcome outcome;
    try {
      outcome = run.run();
    } catch (RuntimeException | StackOverflowError e) {
      fault(where, e + " at " + e.getStackTrace()[0]);
      return;
    }
    Refusal.fault(outcome.findings()).ifPresent(fault -> fault(where, fault));
    Optional<Anatomy> now = outcome.anatomy();
    if (now.isPresent()) {
      taken++;
      accepted.computeIfAbsent(place, _ -> new ArrayList<>()).add(injection.name());
      texts.computeIfAbsent(place, _ -> new TreeSet<>()).add(injection.text());
      difference(place, base, now.get(), original, injection.text())
          .ifPresent(difference -> fault(where, difference));
    } else if (!isAt.test(outcome.findings())) {
      fault(where, "not refused where it is: " + Refusal.places(outcome.findings()));
    }
  }

  private static Optional<String> difference(
      String place, Anatomy base, Anatomy now, String from, String to) {
    return switch (CONSEQUENCES.get(place)) {
      case null -> base.difference(now, from, to);
      case DIRECTORIES ->
          base.without("tenant.conf").difference(now.without("tenant.conf"), from, to);
      case ALLOCATION ->
          base.shape().equals(now.shape()) ? Optional.empty() : base.difference(now, from, to);
    };
  }

  private void fault(String where, String what) {
    String text = where + ": " + what;
    faults.add(text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text);
  }

  /** That nothing was wrong, and that what is accepted is what was once looked at. */
  void check() throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("# What is accepted of ").append(tried).append(" texts: ").append(taken);
    text.append(". -Dgolden.update=true writes this file anew.\n");
    accepted.forEach((place, names) -> {
      text.append('\n').append(place).append('\n');
      names.stream().sorted().forEach(each -> text.append("  ").append(each).append('\n'));
    });
    Path file = golden(name + ".txt", text.toString());
    assertThat(faults.subList(0, Math.min(faults.size(), 12)))
        .as("%d of %d that are wrong", faults.size(), tried)
        .isEmpty();
    assertThat(text.toString()).isEqualTo(Files.readString(file));
  }

  /** That what is accepted at some places is what is in a file, for scenarios to try it. */
  void keeps(String file, String... places) throws IOException {
    SortedMap<String, Object> kept = new TreeMap<>();
    for (String place : places) {
      kept.put(place, List.copyOf(texts.getOrDefault(place, new TreeSet<>())));
    }
    String json = Json.pretty(kept);
    assertThat(golden(file, json)).content().isEqualTo(json);
  }

  private static Path golden(String name, String content) throws IOException {
    Path file = GOLDEN.resolve(name);
    if (UPDATE) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, content);
    }
    return file;
  }
}
