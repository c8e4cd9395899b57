package io.bitbuilder.testbed;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** The files of a repository, path to content. Every change makes a new tree. */
public record Tree(SortedMap<String, String> files) {
  /** A container that does nothing, and starts as fast as one can. */
  public static final String IDLE =
      """
      image: host
      command: [/bin/sh, -c, "trap 'exit 0' TERM; sleep infinity & wait"]
      """;

  public Tree {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** A tenant repository without a container. */
  public static Tree tenant(String id) {
    return tenant(id, "{\"cpu\": 1, \"memory\": \"256M\", \"storage\": \"1G\"}");
  }

  /** The same with other resources, as JSON. */
  public static Tree tenant(String id, String resources) {
    return new Tree(
        new TreeMap<>(
            Map.of(
                "metadata.json",
                """
                {
                  "tenant": {"id": "%s", "name": "Tenant %s", "type": "container"},
                  "resources": %s
                }
                """
                    .formatted(id, id, resources))));
  }

  /** With a file, added or replaced. */
  public Tree with(String path, String content) {
    TreeMap<String, String> changed = new TreeMap<>(files);
    changed.put(path, content);
    return new Tree(changed);
  }

  /** Without everything at or below a path. */
  public Tree without(String path) {
    TreeMap<String, String> changed = new TreeMap<>(files);
    changed.keySet().removeIf(file -> file.equals(path) || file.startsWith(path + "/"));
    return new Tree(changed);
  }

  /** The content of a file of the tree. */
  public String file(String path) {
    return Objects.requireNonNull(files.get(path), path);
  }

  /** With a container and its config.yaml. */
  public Tree container(String name, String yaml) {
    return with("containers/" + name + "/config.yaml", yaml);
  }

  /** Adds or replaces a virtual machine. */
  public Tree machine(String name, String yaml) {
    return with("machines/" + name + "/config.yaml", yaml);
  }

  /** With containers that do nothing. */
  public Tree idle(String... names) {
    Tree tree = this;
    for (String name : names) {
      tree = tree.container(name, IDLE);
    }
    return tree;
  }
}
