package io.bitbuilder.hypervisor.compiler;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Paths and contents, nothing else. Paths are relative, in byte order, and never leave the tree.
 */
public record FileTree(SortedMap<String, Node> nodes) {
  public FileTree {
    nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    for (String path : nodes.keySet()) {
      check(path);
    }
  }

  /** A file or a symbolic link; directories follow from paths. */
  public sealed interface Node {}

  /** A file with its text in UTF-8. */
  public record Text(String content) implements Node {}

  /** A symbolic link; the target is text and is never followed here. */
  public record Link(String target) implements Node {}

  private static void check(String path) {
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("path leaves the tree or is not canonical");
      }
    }
  }
}
