package io.bitbuilder.testbed.matrix;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What was expected beside what was observed, cell by cell. */
public final class Matrix {
  /** A probe and one it might arrive at. */
  public record Cell(Probe probe, Party to, Verdict expected, Verdict observed, String detail) {
    boolean agrees() {
      return expected == Verdict.FREE || expected == observed;
    }

    @Override
    public String toString() {
      return "%s -> %s  %s: expected %s, observed %s%s (%d)"
          .formatted(
              probe.from(),
              to,
              probe.label(),
              word(expected),
              word(observed),
              detail,
              probe.number());
    }

    private static String word(Verdict verdict) {
      return switch (verdict) {
        case ARRIVES -> "arrived";
        case DROPPED -> "dropped";
        case FREE -> "anything";
      };
    }
  }

  private final List<Cell> cells = new ArrayList<>();
  private final List<String> leaks = new ArrayList<>();
  private final Map<Observer, Seen> seen;
  private final Set<Party> parties;

  private Matrix(List<Party> parties, Map<Observer, Seen> seen) {
    this.parties = new LinkedHashSet<>(parties);
    this.seen = seen;
  }

  /** Sends the probes between the parties and compares with the rules. */
  public static Matrix of(List<Party> parties, List<Probe> probes, Rules rules) {
    Matrix matrix = new Matrix(parties, Exchange.of(parties, probes));
    for (Probe probe : probes) {
      matrix.judge(probe, rules);
    }
    return matrix;
  }

  private void judge(Probe probe, Rules rules) {
    Party aimed = probe.to();
    if (aimed == null) {
      everybody(probe, rules);
      return;
    }
    cells.add(cell(probe, aimed, rules));
    Set<Observer> entitled = new LinkedHashSet<>();
    entitled.add(probe.from().observer());
    entitled.add(aimed.observer());
    for (Party other : parties) {
      // A question who has an address is for the whole link, and so is a frame to an address that
      // the
      // bridge does not know.
      boolean wide = probe.kind().proof() == Kind.Proof.CLAIM || probe.kind() == Kind.DIRECT;
      if (wide && rules.decide(probe, other) != Verdict.DROPPED) {
        entitled.add(other.observer());
      }
    }
    seen.forEach((observer, what) -> {
      if (!entitled.contains(observer) && what.has(probe)) {
        leaks.add(
            "%s -> %s  %s: seen by %s (%d)"
                .formatted(probe.from(), aimed, probe.label(), observer.name(), probe.number()));
      }
    });
  }

  /** Those with one observer are one: it is enough that one of them may see it. */
  private void everybody(Probe probe, Rules rules) {
    Set<Observer> done = new LinkedHashSet<>();
    done.add(probe.from().observer());
    for (Verdict verdict : List.of(Verdict.ARRIVES, Verdict.FREE, Verdict.DROPPED)) {
      for (Party party : parties) {
        if (rules.decide(probe, party) == verdict && done.add(party.observer())) {
          cells.add(cell(probe, party, rules));
        }
      }
    }
  }

  private Cell cell(Probe probe, Party to, Rules rules) {
    Verdict expected = rules.decide(probe, to);
    Seen receiver = seen(to.observer());
    Seen sender = seen(probe.from().observer());
    boolean arrived = receiver.has(probe);
    boolean answered = arrived;
    switch (probe.kind().proof()) {
      case ECHO -> answered = sender.isAnswered(probe);
      case CLAIM -> {
        answered = sender.knows(to.address(probe.family()), to.mac());
        arrived = answered;
      }
      case PACKET, FRAME -> {}
    }
    String detail = "";
    Verdict observed = arrived ? Verdict.ARRIVES : Verdict.DROPPED;
    if (arrived != answered) {
      detail = arrived ? ", but no answer came back" : ", but an answer came";
      // Neither is what anybody expects.
      observed = expected == Verdict.ARRIVES ? Verdict.DROPPED : Verdict.ARRIVES;
    }
    return new Cell(probe, to, expected, observed, detail);
  }

  private Seen seen(Observer observer) {
    return Objects.requireNonNull(seen.get(observer), observer.name());
  }

  /** All that is not as expected, one a line; empty when all is. */
  public List<String> findings() {
    List<String> all = new ArrayList<>();
    for (Cell cell : cells) {
      if (!cell.agrees()) {
        all.add(cell.toString());
      }
    }
    all.addAll(leaks);
    seen.forEach((observer, what) -> {
      if (what.lost() > 0) {
        all.add(observer.name() + " has lost " + what.lost() + " frames");
      }
    });
    return all;
  }

  /** The cells that are questions for {@code bitbuilder network trace}. */
  public List<Cell> questions() {
    return cells.stream().filter(cell -> cell.probe.isTraceable()).toList();
  }

  /** The cells. */
  public List<Cell> cells() {
    return cells;
  }

  /** Those who have seen nothing at all: what they say of anything else is worth nothing. */
  public List<String> deaf() {
    return seen.entrySet().stream()
        .filter(one -> !one.getValue().isAlive())
        .map(one -> one.getKey().name())
        .sorted()
        .toList();
  }

  /** The addresses that what was sent by one arrived from at another. */
  public Set<String> sources(Party from, Party to) {
    Set<String> sources = new TreeSet<>();
    for (Cell cell : cells) {
      if (cell.probe.from().equals(from)
          && cell.to.equals(to)
          && cell.expected == Verdict.ARRIVES) {
        sources.add(seen(to.observer()).source(cell.probe));
      }
    }
    return sources;
  }

  /** The kinds of the cells that are not as expected. */
  public Set<Kind> disagreeing() {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    for (Cell cell : cells) {
      if (!cell.agrees()) {
        kinds.add(cell.probe.kind());
      }
    }
    return kinds;
  }
}
