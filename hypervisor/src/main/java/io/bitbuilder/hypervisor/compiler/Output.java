package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.util.TreeMap;

/** Collects the files of a generation. */
final class Output {
  private final TreeMap<String, FileTree.Node> nodes = new TreeMap<>();

  Output file(String path, UnitFile content) {
    return put(path, new FileTree.Text(content.toString()));
  }

  Output text(String path, String content) {
    return put(path, new FileTree.Text(content));
  }

  Output link(String path, String target) {
    return put(path, new FileTree.Link(target));
  }

  Output all(FileTree tree) {
    tree.nodes().forEach(this::put);
    return this;
  }

  private Output put(String path, FileTree.Node node) {
    if (nodes.putIfAbsent(path, node) != null) {
      throw new IllegalStateException("two parts of a tenant bring the same file");
    }
    return this;
  }

  FileTree tree() {
    return new FileTree(nodes);
  }
}
