package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The generations of a tenant as a table. */
final class Generations {
  private Generations() {}

  /** Writes them, newest first; an asterisk marks the current one. */
  static void print(List<Generation> generations, Optional<Generation> current, Output output) {
    int now = current.map(Generation::number).orElse(0);
    Table table = new Table("GENERATION", "MADE", "COMMIT", "VERDICT", "TOOK", "SUBJECT");
    for (Generation one : generations.reversed()) {
      Optional<Verdict> verdict = one.verdict();
      table.row(
          new Table.Cell(
              one.number() + (one.number() == now ? "*" : "") + (one.pinned() ? " pinned" : "")),
          new Table.Cell(Times.exact(one.manifest().createdAt())),
          new Table.Cell(TenantJson.abbreviated(one.manifest().commit())),
          new Table.Cell(verdict.map(Generations::word).orElse("never on"), style(verdict)),
          new Table.Cell(verdict.map(found -> Times.took(found.took())).orElse("")),
          new Table.Cell(
              Quote.escape(one.manifest().subject())
                  + verdict
                      .map(Verdict::reason)
                      .filter(reason -> !reason.isEmpty())
                      .map(reason -> " (" + reason + ")")
                      .orElse("")));
    }
    table.print(output);
  }

  /** The verdict in one word. */
  static String word(Verdict verdict) {
    return verdict.state().name().toLowerCase(Locale.ROOT);
  }

  private static Output.Style style(Optional<Verdict> verdict) {
    return verdict.isEmpty()
        ? Output.Style.DIM
        : switch (verdict.get().state()) {
          case HEALTHY -> Output.Style.GOOD;
          case ACTIVATING -> Output.Style.BUSY;
          case DEGRADED, REFUSED -> Output.Style.BAD;
          case SUPERSEDED -> Output.Style.DIM;
        };
  }
}
