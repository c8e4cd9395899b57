package io.bitbuilder.hypervisor.cli;

import java.util.List;
import java.util.Optional;

/** All verbs. Only the one that was typed is made. */
final class Verbs {
  /** Their names, in the order help lists them. */
  static final List<String> NAMES = List.of("status", "version");

  private Verbs() {}

  /** The verb of this name; empty when there is none. */
  static Optional<Verb> find(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "status" -> new StatusVerb();
          case "version" -> new VersionVerb();
          default -> null;
        });
  }

  /** What all verbs declare, in order. */
  static List<Declaration> declarations() {
    return NAMES.stream().map(name -> find(name).orElseThrow().declaration()).toList();
  }
}
