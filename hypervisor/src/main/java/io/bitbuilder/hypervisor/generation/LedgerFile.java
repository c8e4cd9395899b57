package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the audit trail ends and where what is kept of it begins ({@code ledger.json}). A chain
 * alone does not show that its last lines are missing, nor its first.
 */
final class LedgerFile {
  private final Path file;
  private final Disk disk;

  LedgerFile(Path root, Disk disk) {
    this.file = root.resolve("ledger.json");
    this.disk = disk;
  }

  /**
   * Both ends.
   *
   * @param head the newest line; one more may have been written before a crash
   * @param dropped the newest line that may be gone because its file made room
   */
  record Ends(LedgerHead head, LedgerHead dropped) {}

  /** What the file says; empty when it is not there, or damaged. */
  Optional<Ends> read() throws IOException {
    Optional<String> text = Durable.read(file);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      Fields fields = new Fields(Json.parseObject(text.get()));
      return Optional.of(
          new Ends(
              LedgerHead.fromValue(fields.object("head")),
              LedgerHead.fromValue(fields.object("dropped"))));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** Replaces it, durable when this returns. */
  void write(Ends ends) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("version", 1L);
    map.put("head", ends.head().toValue());
    map.put("dropped", ends.dropped().toValue());
    Durable.replace(disk, file, Json.pretty(map));
  }
}
