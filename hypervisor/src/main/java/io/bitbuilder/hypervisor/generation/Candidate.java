package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.document.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A staged generation as one JSON file: the manifest, the texts by path, the links by path.
 *
 * @param tree paths that stay inside it; nothing else is known of them yet
 */
record Candidate(Manifest manifest, FileTree tree) {
  static String toJson(Manifest manifest, FileTree tree) {
    Map<String, Object> files = new LinkedHashMap<>();
    Map<String, Object> links = new LinkedHashMap<>();
    tree.nodes()
        .forEach((path, node) -> {
          switch (node) {
            case FileTree.Text(String content) -> files.put(path, content);
            case FileTree.Link(String target) -> links.put(path, target);
          }
        });
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("manifest", manifest.toValue());
    map.put("files", files);
    map.put("links", links);
    return Json.write(map);
  }

  /**
   * Reads a candidate.
   *
   * @throws IllegalArgumentException when it is not one, or a path leaves the tree
   */
  static Candidate fromJson(String text) {
    Fields fields = new Fields(Json.parseObject(text));
    SortedMap<String, FileTree.Node> nodes = new TreeMap<>();
    Fields files = fields.object("files");
    for (String path : files.map().keySet()) {
      nodes.put(path, new FileTree.Text(files.text(path)));
    }
    Fields links = fields.object("links");
    for (String path : links.map().keySet()) {
      if (nodes.put(path, new FileTree.Link(links.text(path))) != null) {
        throw new IllegalArgumentException("a path is both a file and a link");
      }
    }
    return new Candidate(Manifest.fromValue(fields.object("manifest")), new FileTree(nodes));
  }
}
