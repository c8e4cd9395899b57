package io.bitbuilder.hypervisor.generation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether the lines of the audit trail are those that were written, all of them, in order. */
public final class LedgerCheck {
  /**
   * What is wrong.
   *
   * @param file the name of the file the first line that does not fit is in
   * @param line its number there, from 1; 0 when there is no such line
   * @param message what does not fit, without text of the line
   */
  public record Fault(String file, int line, String message) {}

  /**
   * What was found.
   *
   * @param entries lines of the chain, up to the fault if there is one
   * @param before what came before the first of them
   * @param head the last of them
   * @param unchained lines of the version before, which nothing vouches for
   * @param torn how often a power loss cut a line short
   * @param behind whether ledger.json does not know the last line yet
   * @param after lines after the one whose hash was expected; empty when none was
   */
  public record Result(
      long entries,
      LedgerHead before,
      LedgerHead head,
      long unchained,
      long torn,
      boolean behind,
      Optional<Long> after,
      Optional<Fault> fault) {}

  private final List<LedgerLine> lines;
  private final Optional<LedgerFile.Ends> ends;
  private final boolean live;
  private final Set<String> hashes = new HashSet<>();
  private final List<LedgerLine> pending = new ArrayList<>();
  private Optional<LedgerHead> before = Optional.empty();
  private LedgerHead beforeHead = LedgerHead.START;
  private LedgerHead head = LedgerHead.START;
  private long entries;
  private long unchained;
  private long torn;
  private boolean behind;

  private LedgerCheck(List<LedgerLine> lines, Optional<LedgerFile.Ends> ends, boolean live) {
    this.lines = lines;
    this.ends = ends;
    this.live = live;
  }

  /** Checks the files of this host. */
  static Result kept(
      List<LedgerLine> lines, Optional<LedgerFile.Ends> ends, Optional<String> expected) {
    return new LedgerCheck(lines, ends, true).run(expected);
  }

  /**
   * Checks lines that were exported. That lines are missing at either end shows by what the caller
   * knows of them.
   *
   * @param file what to call it
   * @param expected the hash of a line that must be among them
   */
  public static Result exported(String file, byte[] content, Optional<String> expected) {
    return new LedgerCheck(LedgerLine.split(file, content), Optional.empty(), false).run(expected);
  }

  private Result run(Optional<String> expected) {
    Optional<Fault> fault = Optional.empty();
    for (int i = 0; i < lines.size() && fault.isEmpty(); i++) {
      Optional<LedgerLine.Link> link = lines.get(i).link();
      if (link.isEmpty()) {
        pending.add(lines.get(i));
      } else {
        fault = left(lines.get(i), link.get());
        if (fault.isEmpty()) {
          fault = take(i, link.get());
        }
      }
    }
    if (fault.isEmpty()) {
      fault = rest();
    }
    if (fault.isEmpty() && live) {
      fault = ends();
    }
    Optional<Long> after = Optional.empty();
    if (fault.isEmpty() && expected.isPresent()) {
      after = after(expected.get());
      if (after.isEmpty()) {
        fault = Optional.of(atEnd("no line has the expected hash: lines are missing or changed"));
      }
    }
    return new Result(
        entries, before.orElse(LedgerHead.START), head, unchained, torn, behind, after, fault);
  }

  /** What lies between the line before and this one. */
  private Optional<Fault> left(LedgerLine line, LedgerLine.Link link) {
    boolean first = before.isEmpty();
    int kept = pending.size();
    if (link.torn().isPresent()) {
      kept = 0;
      while (kept < pending.size()
          && !LedgerLine.Torn.of(LedgerLine.join(pending.subList(kept, pending.size())))
              .equals(link.torn().get())) {
        kept++;
      }
      if (kept == pending.size()) {
        return Optional.of(
            fault(
                pending.isEmpty() ? line : pending.getFirst(),
                "what a power loss left before entry " + link.number() + " is gone or changed"));
      }
      torn++;
    }
    if (kept > 0 && !(first && link.number() == 1)) {
      return Optional.of(fault(pending.getFirst(), "is not part of the chain"));
    }
    unchained += kept;
    pending.clear();
    return Optional.empty();
  }

  private Optional<Fault> take(int index, LedgerLine.Link link) {
    LedgerLine line = lines.get(index);
    if (link.number() < 1 || !LedgerHead.isHash(link.previous())) {
      return Optional.of(fault(line, "is not part of the chain"));
    }
    if (before.isEmpty()) {
      LedgerHead start = new LedgerHead(link.number() - 1, link.previous());
      if (start.number() == 0 && !start.equals(LedgerHead.START)) {
        return Optional.of(fault(line, "is entry 1 and says that something came before it"));
      }
      before = Optional.of(start);
      head = start;
    }
    if (link.number() > head.number() + 1) {
      return Optional.of(
          fault(line, missing(head.number() + 1, link.number() - 1) + " missing before it"));
    }
    if (link.number() <= head.number()) {
      return Optional.of(
          fault(line, "is entry " + link.number() + " where " + (head.number() + 1) + " is due"));
    }
    if (!link.previous().equals(head.sha256())) {
      boolean intact = entries == 0 || isIntact(index);
      return Optional.of(
          fault(
              entries > 0 && intact ? newest(index) : line,
              entries > 0 && intact
                  ? "was changed: entry " + link.number() + " has another hash of it"
                  : "was changed: it does not follow the entry before it"));
    }
    if (link.headless()) {
      return Optional.of(
          fault(line, "was written when ledger.json was gone: entries before it may be missing"));
    }
    beforeHead = head;
    head = new LedgerHead(link.number(), line.hash());
    hashes.add(head.sha256());
    entries++;
    return Optional.empty();
  }

  /** Whether what comes after a line agrees with it. */
  private boolean isIntact(int index) {
    String hash = lines.get(index).hash();
    for (LedgerLine next : lines.subList(index + 1, lines.size())) {
      Optional<LedgerLine.Link> link = next.link();
      if (link.isPresent()) {
        return link.get().previous().equals(hash);
      }
    }
    return ends.isEmpty() || ends.get().head().sha256().equals(hash);
  }

  /** The newest line of the chain before one. */
  private LedgerLine newest(int index) {
    for (LedgerLine line : lines.subList(0, index).reversed()) {
      if (line.link().isPresent()) {
        return line;
      }
    }
    return lines.get(index);
  }

  /** What lies after the last line of the chain. */
  private Optional<Fault> rest() {
    if (pending.isEmpty()) {
      return Optional.empty();
    }
    if (entries == 0 && before.isEmpty() && !live) {
      unchained = pending.size();
      return Optional.empty();
    }
    if (entries == 0 && ends.map(known -> known.head().number() == 0).orElse(true)) {
      unchained = pending.size();
      return Optional.empty();
    }
    Optional<LedgerLine> entry = pending.stream().filter(LedgerLine::isEntry).findFirst();
    if (entry.isPresent()) {
      return Optional.of(fault(entry.get(), "is not part of the chain"));
    }
    if (live && ends.isPresent() && agrees(ends.get().head())) {
      torn++;
      return Optional.empty();
    }
    return Optional.of(
        fault(pending.getFirst(), "is cut short or changed, and no later line says so"));
  }

  private boolean agrees(LedgerHead known) {
    return known.equals(head) || (entries > 0 && known.equals(beforeHead));
  }

  /** Whether both ends are where ledger.json says. */
  private Optional<Fault> ends() {
    if (ends.isEmpty()) {
      return entries == 0
          ? Optional.empty()
          : Optional.of(new Fault("ledger.json", 0, "is gone or damaged"));
    }
    LedgerHead known = ends.get().head();
    if (entries == 0) {
      return known.number() == 0
          ? Optional.empty()
          : Optional.of(atEnd("all entries are missing, the newest was " + known.number()));
    }
    LedgerHead start = before.orElse(LedgerHead.START);
    LedgerHead dropped = ends.get().dropped();
    if (start.number() > dropped.number()) {
      return Optional.of(
          fault(first(), missing(dropped.number() + 1, start.number()) + " missing before it"));
    }
    if (start.number() == dropped.number() && !start.equals(dropped)) {
      return Optional.of(fault(first(), "was changed: ledger.json has another entry before it"));
    }
    if (known.equals(head)) {
      return Optional.empty();
    }
    if (known.equals(beforeHead)) {
      behind = true;
      return Optional.empty();
    }
    if (known.number() > head.number()) {
      return Optional.of(atEnd(missing(head.number() + 1, known.number()) + " missing after it"));
    }
    return Optional.of(
        atEnd(
            known.number() == head.number()
                ? "was changed: ledger.json has another hash of it"
                : "is not known to ledger.json, whose newest entry is " + known.number()));
  }

  private Optional<Long> after(String expected) {
    if (head.sha256().equals(expected)) {
      return Optional.of(0L);
    }
    if (before.isPresent() && before.get().sha256().equals(expected)) {
      return Optional.of(entries);
    }
    if (!hashes.contains(expected)) {
      return Optional.empty();
    }
    return lines.stream()
        .filter(line -> line.hash().equals(expected))
        .flatMap(line -> line.head().stream())
        .findFirst()
        .map(found -> head.number() - found.number());
  }

  private LedgerLine first() {
    return lines.stream().filter(line -> line.link().isPresent()).findFirst().orElseThrow();
  }

  private static String missing(long from, long to) {
    return from == to ? "entry " + from + " is" : "entries " + from + " to " + to + " are";
  }

  private static Fault fault(LedgerLine line, String message) {
    return new Fault(line.file(), line.line(), message);
  }

  private Fault atEnd(String message) {
    return lines.isEmpty() ? new Fault("log.jsonl", 0, message) : fault(lines.getLast(), message);
  }
}
