package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ledger of revisions that were tried and rolled back ({@code refused.json}). A refused
 * revision is not tried again; a descendant is, and so is the revision itself once the operator's
 * part of what it was made from has changed.
 */
public final class Refused {
  /** Entries kept per tenant: a tip can only be one of the newest. */
  private static final int KEPT = 50;

  private final Path file;
  private final Disk disk;

  /**
   * Opens the ledger.
   *
   * @param root /var/lib/bitbuilder
   */
  public Refused(Path root) {
    this(root, Disk.LOCAL);
  }

  Refused(Path root, Disk disk) {
    this.file = root.resolve("refused.json");
    this.disk = disk;
  }

  /**
   * One refused revision.
   *
   * @param inputs the digest of what was refused, the commit and all else it was made from; empty
   *     when the commit is refused whatever the rest is
   */
  public record Entry(TenantId tenant, CommitId commit, String inputs, String why, Instant at) {
    /** Whether this is refused. */
    public boolean covers(TenantId otherTenant, CommitId otherCommit, String otherInputs) {
      return tenant.equals(otherTenant)
          && commit.equals(otherCommit)
          && (inputs.isEmpty() || inputs.equals(otherInputs));
    }
  }

  /**
   * Writes a revision into the ledger; a second time replaces the first.
   *
   * @param inputs as {@link Entry#inputs()}
   */
  public synchronized void refuse(TenantId tenant, CommitId commit, String inputs, String why)
      throws IOException {
    List<Entry> entries = new ArrayList<>(entries());
    entries.removeIf(entry -> entry.tenant().equals(tenant) && entry.commit().equals(commit));
    entries.add(new Entry(tenant, commit, inputs, why, Instant.now()));
    long excess = entries.stream().filter(entry -> entry.tenant().equals(tenant)).count() - KEPT;
    for (int i = 0; excess > 0; ) {
      if (entries.get(i).tenant().equals(tenant)) {
        entries.remove(i);
        excess--;
      } else {
        i++;
      }
    }
    write(entries);
  }

  /** Takes a revision out again, for an operator who knows better. */
  public synchronized void forgive(TenantId tenant, CommitId commit) throws IOException {
    List<Entry> entries = new ArrayList<>(entries());
    if (entries.removeIf(entry -> entry.tenant().equals(tenant) && entry.commit().equals(commit))) {
      write(entries);
    }
  }

  /** Takes out all revisions of a tenant that is gone. */
  public synchronized void forget(TenantId tenant) throws IOException {
    List<Entry> entries = new ArrayList<>(entries());
    if (entries.removeIf(entry -> entry.tenant().equals(tenant))) {
      write(entries);
    }
  }

  /** Whether the revision is in the ledger, as made from these inputs. */
  public boolean isRefused(TenantId tenant, CommitId commit, String inputs) throws IOException {
    return entries().stream().anyMatch(entry -> entry.covers(tenant, commit, inputs));
  }

  /**
   * All entries, oldest first.
   *
   * @throws IOException when the file is damaged; it is never taken for empty
   */
  public List<Entry> entries() throws IOException {
    String text = Durable.read(file).orElse("{\"refused\": []}");
    try {
      return new Fields(Json.parseObject(text))
          .objects("refused").stream()
              .map(entry ->
                  new Entry(
                      new TenantId(entry.text("tenant")),
                      new CommitId(entry.text("commit")),
                      entry.text("inputs", ""),
                      entry.text("why"),
                      Instant.parse(entry.text("at"))))
              .toList();
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw new IOException("damaged file " + file + ": " + e.getMessage(), e);
    }
  }

  private void write(List<Entry> entries) throws IOException {
    List<Map<String, Object>> values = new ArrayList<>();
    for (Entry entry : entries) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("tenant", entry.tenant().value());
      value.put("commit", entry.commit().value());
      value.put("inputs", entry.inputs());
      value.put("why", entry.why());
      value.put("at", entry.at().toString());
      values.add(value);
    }
    Durable.replace(disk, file, Json.pretty(Map.of("refused", values)));
  }
}
