package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.document.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host that goes back to the version before finds what the later one wrote (decision 0027): later
 * versions add members to what they write, and what reads them leaves alone what it does not know.
 */
class LaterStateTest {
  private static final String[][] VERBS = {
    {"status", "--json"},
    {"tenants", "--json"},
    {"describe", "acme", "--json"},
    {"log", "acme", "--json"},
    {"network", "acme", "--json"},
  };

  private static final List<Path> MAPS =
      List.of(Path.of("removed.json"), Path.of("allocations.json"));

  @TempDir Path root;

  @Test
  void whatALaterVersionAddedIsLeftAlone() throws IOException {
    Prepared prepared = Prepared.threeTenants(root);
    List<Prepared.Ran> before = all(prepared);
    List<Path> files = state();
    assertThat(files).extracting(file -> file.getFileName().toString()).contains("manifest.json");
    for (Path file : files) {
      Map<String, Object> members = new LinkedHashMap<>(Json.parseObject(Files.readString(file)));
      // Maps of names, to which nothing can be added but names.
      if (file.toString().contains("/selections/") || MAPS.contains(file.getFileName())) {
        continue;
      }
      members.put("addedLater", Map.of("by", List.of("a later version")));
      Files.writeString(file, Json.pretty(members));
    }
    assertThat(all(prepared)).isEqualTo(before);
    assertThat(prepared.run("rollback", "acme", "1").status()).isZero();
    assertThat(prepared.run("activate").err()).isEmpty();
  }

  private static List<Prepared.Ran> all(Prepared prepared) throws IOException {
    List<Prepared.Ran> ran = new ArrayList<>();
    for (String[] verb : VERBS) {
      ran.add(prepared.run(verb));
    }
    return ran;
  }

  private List<Path> state() throws IOException {
    try (Stream<Path> all = Files.walk(root.resolve("var/lib/bitbuilder"))) {
      return all.filter(file -> Files.isRegularFile(file) && file.toString().endsWith(".json"))
          .toList();
    }
  }
}
