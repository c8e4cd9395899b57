package io.bitbuilder.hypervisor.cases;

import io.bitbuilder.hypervisor.compiler.FileTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks into compiled files. It reads them line by line rather than with the product's own parser,
 * so that a mistake there cannot hide itself.
 */
final class Units {
  private Units() {}

  /** FILE SECTION KEY is|has VALUE, the file in one of some directories of a generation. */
  static boolean holds(Map<String, FileTree.Node> files, Set<String> directories, String rest) {
    String[] parts = rest.split(" +", 5);
    if (parts.length < 4) {
      throw new IllegalArgumentException("FILE SECTION KEY is|has VALUE, not: " + rest);
    }
    String wanted = parts.length == 5 ? parts[4] : "";
    for (Map.Entry<String, FileTree.Node> file : files.entrySet()) {
      String path = file.getKey();
      boolean inside = directories.contains(path.substring(0, Math.max(0, path.indexOf('/'))));
      if (inside && isFile(path, parts[0])) {
        for (String value : values(file.getValue(), parts[1], parts[2])) {
          boolean holds =
              switch (parts[3]) {
                case "is" -> value.equals(wanted);
                case "has" -> value.contains(wanted);
                default -> throw new IllegalArgumentException("neither is nor has: " + rest);
              };
          if (holds) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** FILE KEY WORD …: a value of the key in any section holds the words in this order. */
  static boolean argv(Map<String, FileTree.Node> files, String rest) {
    String[] parts = rest.split(" +", -1);
    for (Map.Entry<String, FileTree.Node> file : files.entrySet()) {
      if (isFile(file.getKey(), parts[0])) {
        for (String value : values(file.getValue(), "", parts[1])) {
          int next = 2;
          for (String word : value.split(" +", -1)) {
            if (next < parts.length && word.equals(parts[next])) {
              next++;
            }
          }
          if (next == parts.length) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean isFile(String path, String wanted) {
    return path.equals(wanted) || path.endsWith("/" + wanted);
  }

  private static List<String> values(FileTree.Node node, String section, String key) {
    List<String> values = new ArrayList<>();
    if (!(node instanceof FileTree.Text text)) {
      return values;
    }
    String current = "";
    for (String line : text.content().split("\n", -1)) {
      if (line.startsWith("[") && line.endsWith("]")) {
        current = line.substring(1, line.length() - 1);
      } else if (line.startsWith(key + "=") && (section.isEmpty() || section.equals(current))) {
        values.add(line.substring(key.length() + 1));
      }
    }
    return values;
  }
}
