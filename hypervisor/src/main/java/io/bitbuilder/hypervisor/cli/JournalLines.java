package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Severity;
import java.util.List;
import java.util.SortedMap;

/** What verbs run by units say: one line each, with its priority where the journal listens. */
final class JournalLines {
  private static final int LIMIT = 1000;

  private final Context context;

  JournalLines(Context context) {
    this.context = context;
  }

  /** Says every finding of every scope. */
  void tell(SortedMap<String, List<Diagnostic>> findings) {
    findings.values().forEach(this::tell);
  }

  /** Says every finding. */
  void tell(List<Diagnostic> findings) {
    for (Diagnostic finding : findings) {
      String where = finding.location().toString();
      line(
          finding.severity() == Severity.ERROR ? 3 : 4,
          finding.code() + " " + (where.isEmpty() ? "" : where + ": ") + finding.message());
    }
  }

  /** Says one thing; untrusted text in it is escaped here. */
  void line(int priority, String text) {
    // sd-daemon(3), LOGGING
    boolean journal = context.environment().containsKey("JOURNAL_STREAM");
    context
        .output()
        .err()
        .print((journal ? "<" + priority + ">" : "") + Quote.escape(text, LIMIT) + "\n");
  }
}
