package io.bitbuilder.hypervisor.injection;

import io.bitbuilder.hypervisor.discovery.HostFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The trees of src/test/injection: right in all they say, and they say all there is to say. */
final class Bases {
  /** Where host.yaml is. */
  static final String HOST = "/" + HostFile.PATH;

  private static final Path TREES = Path.of("src/test/injection");

  private Bases() {}

  static Trees system() {
    return read("system", "system");
  }

  static Trees tenant(String id) {
    return read(id, "tenants/" + id);
  }

  /** Of a tenant little more than one container with its overlay, and one machine. */
  static Trees small(Trees tenant) {
    SortedMap<String, byte[]> files = new TreeMap<>(tenant.files());
    files.keySet().removeIf(path -> !path.matches("(scripts|containers/app/rootfs-overlay)/.*"));
    return new Trees(tenant.name(), files)
        .with("metadata.json", tenant.text("metadata.json"))
        .with("containers/app/config.yaml", "image: host\n")
        .with("machines/vm/config.yaml", "image: debian-14\n");
  }

  /** Of a tenant the file at a path and what belongs to it: reading all the rest takes longer. */
  static Trees around(String path, Trees tenant) {
    String part = path.substring(0, path.lastIndexOf('/') + 1);
    Set<String> parts = new HashSet<>(List.of("", "network/", part));
    if (part.equals("network/firewall/")) {
      parts.addAll(Set.of("containers/app/", "containers/os/"));
    }
    SortedMap<String, byte[]> files = new TreeMap<>(tenant.files());
    files.keySet().removeIf(file -> !parts.contains(file.substring(0, file.lastIndexOf('/') + 1)));
    return new Trees(tenant.name(), files);
  }

  /** A tree that has host.yaml where a host has it. */
  static Trees host() {
    Trees read = read("", "host");
    return new Trees("", new TreeMap<>()).with(HOST, read.text("host.yaml"));
  }

  private static Trees read(String name, String directory) {
    try {
      return Trees.read(name, TREES.resolve(directory));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
