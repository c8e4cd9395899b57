package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.LedgerHead;
import io.bitbuilder.hypervisor.host.Messages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Tells what became of tenants: a line in the audit trail and an entry in the journal for each.
 * That it cannot tell stops nothing; it is remembered.
 */
public final class Announcer {
  private final AuditLog log;
  private final Messages messages;
  private final List<String> problems = new ArrayList<>();

  /** Tells these two. */
  public Announcer(AuditLog log, Messages messages) {
    this.log = log;
    this.messages = messages;
  }

  /** Tells of one event. */
  public void tell(AuditLog.Entry entry) {
    SortedMap<String, String> fields = fields(entry);
    try {
      LedgerHead head = log.append(entry);
      fields.put("BITBUILDER_LEDGER_NUMBER", String.valueOf(head.number()));
      fields.put("BITBUILDER_LEDGER_HASH", head.sha256());
    } catch (IOException e) {
      problem("the audit trail cannot be written", e);
    }
    try {
      messages.send(id(entry.event()), priority(entry.event()), sentence(entry), fields);
    } catch (IOException e) {
      problem("the journal cannot be written", e);
    }
  }

  private synchronized void problem(String what, IOException why) {
    problems.add(what + ": " + Quote.escape(String.valueOf(why.getMessage()), 300));
  }

  /** What could not be told, and why. */
  public synchronized List<String> problems() {
    return List.copyOf(problems);
  }

  /** The MESSAGE_ID of an event, which never changes (systemd.journal-fields(7)). */
  public static String id(AuditLog.Event event) {
    return switch (event) {
      case ACCEPTED -> "5b0d6a3f0e1c4a7f9d2be86c4f17a930";
      case HEALTHY -> "951ab5ac2e824b719bb1fe06afa3a721";
      case DEGRADED -> "23f3d1b63e0b449083cda3a1b5a20a29";
      case REFUSED -> "8f3f044411ed4102a3e1cead0a9caa7e";
      case RETURNED -> "c04cdec520ea4d1cbf0db4df5b7cb80d";
      case SUPERSEDED -> "876953eb490f4174ba6ebaf548937ebe";
      case STOPPED -> "5f82d707aa2d4b2ea21bda9b459a86b1";
      case REMOVED -> "1e1794fbfbf144a794e3259226a39c2d";
      case PURGED -> "959082ce0188442d9a8b43ae8b0632fa";
      case REJECTED -> "227a1e7fa94f404ea6909a18cdff0bb3";
      case FAILED -> "7e4002af377e45a2af855b1fcf389742";
    };
  }

  private static int priority(AuditLog.Event event) {
    return switch (event) {
      case ACCEPTED, HEALTHY, SUPERSEDED, STOPPED, REMOVED, PURGED -> Messages.NOTICE;
      case DEGRADED, REFUSED, RETURNED, REJECTED, FAILED -> Messages.WARNING;
    };
  }

  private static String sentence(AuditLog.Entry entry) {
    StringBuilder text = new StringBuilder();
    text.append(entry.scope().equals("system") ? "system" : "tenant " + entry.scope()).append(": ");
    if (entry.generation() > 0) {
      text.append("generation ").append(entry.generation()).append(' ');
    }
    if (!entry.commit().isEmpty()) {
      text.append('(').append(Quote.escape(abbreviated(entry.commit()))).append(") ");
    }
    text.append(
        switch (entry.event()) {
          case ACCEPTED -> "is accepted" + by(entry);
          case HEALTHY -> "is healthy";
          case DEGRADED -> "is unhealthy and stays";
          case REFUSED -> "is unhealthy and refused";
          case RETURNED -> "is back";
          case SUPERSEDED -> "made way for a newer one";
          case STOPPED -> "is stopped, its data is kept";
          case REMOVED -> "is removed, its data is kept for a time";
          case PURGED -> "and its data are deleted";
          case REJECTED -> "is rejected, what runs is unchanged";
          case FAILED -> "could not be activated";
        });
    if (!entry.durations().isEmpty()) {
      text.append(" after ").append(entry.took().toMillis()).append(" ms");
    }
    if (!entry.reason().isEmpty()) {
      text.append(": ").append(Quote.escape(entry.reason(), 500));
    }
    return text.toString();
  }

  private static String by(AuditLog.Entry entry) {
    String who =
        entry.signer().isEmpty() ? " unsigned" : ", signed by " + Quote.escape(entry.signer(), 300);
    return who + entry.verified().map(how -> ", verify: " + Quote.escape(how.mode())).orElse("");
  }

  private static String abbreviated(String commit) {
    return commit.substring(0, Math.min(12, commit.length()));
  }

  private static SortedMap<String, String> fields(AuditLog.Entry entry) {
    SortedMap<String, String> fields = new TreeMap<>();
    fields.put("EVENT", entry.event().name().toLowerCase(Locale.ROOT));
    if (!entry.scope().equals("system")) {
      fields.put("TENANT", entry.scope());
    }
    if (entry.generation() > 0) {
      fields.put("GENERATION", String.valueOf(entry.generation()));
    }
    if (!entry.commit().isEmpty()) {
      fields.put("COMMIT", entry.commit());
    }
    return fields;
  }
}
