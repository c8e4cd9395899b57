package io.bitbuilder.hypervisor.injection;

import io.bitbuilder.hypervisor.discovery.HostFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
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
