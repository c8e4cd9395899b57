package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.util.Map;
import java.util.TreeMap;

/** Collects the files of a generation. */
final class Output {
  private final TreeMap<String, FileTree.Node> nodes = new TreeMap<>();

  void file(String path, UnitFile content) {
    put(path, new FileTree.Text(content.toString()));
  }

  void files(Map<String, UnitFile> files) {
    files.forEach(this::file);
  }

  void text(String path, String content) {
    put(path, new FileTree.Text(content));
  }

  void link(String path, String target) {
    put(path, new FileTree.Link(target));
  }

  void all(FileTree tree) {
    tree.nodes().forEach(this::put);
  }

  private void put(String path, FileTree.Node node) {
    if (nodes.putIfAbsent(path, node) != null) {
      throw new IllegalStateException("two parts of a tenant bring the same file");
    }
  }

  FileTree tree() {
    return new FileTree(nodes);
  }
}
