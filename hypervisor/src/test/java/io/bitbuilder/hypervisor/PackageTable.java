package io.bitbuilder.hypervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The table of packages in ARCHITECTURE.md: each package with those it may use. */
record PackageTable(Map<String, Set<String>> mayUse) {
  private static final String HEADING = "## Packages of ";
  private static final String EVERYTHING = "all above";

  static PackageTable read(Path architecture) throws IOException {
    List<String> lines = Files.readAllLines(architecture);
    Map<String, Set<String>> table = new LinkedHashMap<>();
    boolean inside = false;
    for (String line : lines) {
      if (line.startsWith("## ")) {
        inside = line.startsWith(HEADING);
      } else if (inside && line.startsWith("| `")) {
        String[] cells = line.split("\\|", -1);
        String name = cells[1].strip().replace("`", "");
        Set<String> uses = uses(name, cells[2].strip(), table.keySet());
        if (table.put(name, uses) != null) {
          throw new AssertionError(architecture + ": package " + name + " has two rows");
        }
      }
    }
    return new PackageTable(table);
  }

  /** Rows name rows above them only, so the table itself cannot hold a cycle. */
  private static Set<String> uses(String name, String cell, Set<String> above) {
    if (cell.startsWith(EVERYTHING)) {
      return new LinkedHashSet<>(above);
    }
    Set<String> uses = new LinkedHashSet<>();
    for (String word : cell.split(", ", -1)) {
      if (word.equals("java.base")) {
        continue;
      }
      if (!above.contains(word)) {
        throw new AssertionError(
            "ARCHITECTURE.md: `" + name + "` may use " + word + ", which has no row above it");
      }
      uses.add(word);
    }
    return uses;
  }
}
