package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The newest commit of each repository that was ever accepted ({@code accepted.json}). Nothing that
 * does not descend from it is accepted again, whatever runs now: an operator who goes back to an
 * older generation does not make older commits acceptable. It is root's; whoever fetches cannot
 * change it.
 */
public final class AcceptedFile {
  private static final String SYSTEM = "system";

  private final Path file;
  private final Disk disk;

  /**
   * Opens the file, which need not exist.
   *
   * @param root /var/lib/bitbuilder
   */
  public AcceptedFile(Path root) {
    this(root, Disk.LOCAL);
  }

  AcceptedFile(Path root, Disk disk) {
    this.file = root.resolve("accepted.json");
    this.disk = disk;
  }

  /**
   * The commits.
   *
   * @param system of the system repository; empty before the first
   */
  public record Commits(Optional<CommitId> system, SortedMap<TenantId, CommitId> tenants) {
    public Commits {
      tenants = Collections.unmodifiableSortedMap(new TreeMap<>(tenants));
    }
  }

  /**
   * What was accepted.
   *
   * @throws IOException when the file is damaged: never taken for empty
   */
  public Commits read() throws IOException {
    Optional<String> text = Durable.read(file);
    if (text.isEmpty()) {
      return new Commits(Optional.empty(), new TreeMap<>());
    }
    try {
      Fields fields = new Fields(Json.parseObject(text.get()));
      SortedMap<TenantId, CommitId> tenants = new TreeMap<>();
      Fields commits = fields.object("tenants");
      commits
          .map()
          .keySet()
          .forEach(id -> tenants.put(new TenantId(id), new CommitId(commits.text(id))));
      String system = fields.text(SYSTEM);
      return new Commits(
          system.isEmpty() ? Optional.empty() : Optional.of(new CommitId(system)), tenants);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  /** Replaces all; nothing is written when they are the same. */
  public void write(Commits commits) throws IOException {
    if (commits.equals(read())) {
      return;
    }
    Map<String, Object> tenants = new LinkedHashMap<>();
    commits.tenants().forEach((tenant, commit) -> tenants.put(tenant.value(), commit.value()));
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("version", 1L);
    map.put(SYSTEM, commits.system().map(CommitId::value).orElse(""));
    map.put("tenants", tenants);
    Durable.replace(disk, file, Json.pretty(map));
  }
}
