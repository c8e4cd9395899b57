package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.model.SourceTree.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads scripts/: that they can be run, not what they do. They are the tenant's own, and never run
 * anywhere but inside its infrastructure instance.
 */
final class Scripts {
  private static final long LIMIT = 256 << 10;

  private Scripts() {}

  /** The scripts, in path order. */
  static List<Entry> read(Repository repository, Layout layout) throws IOException {
    List<Entry> scripts = new ArrayList<>();
    for (Entry entry : layout.in("scripts")) {
      if (Script.of(entry.name()).isEmpty()) {
        repository.unexpected(entry, "pre-provision.sh, post-provision.sh, health-check.sh");
      } else if (canRun(repository, entry)) {
        scripts.add(entry);
      }
    }
    return scripts;
  }

  /** Whether systemd could run it; a finding when not. */
  static boolean canRun(Repository repository, Entry entry) throws IOException {
    if (entry.size() > LIMIT) {
      repository.error(
          Code.BB103,
          entry.path(),
          "the script has " + entry.size() + " bytes",
          "at most " + LIMIT + " bytes",
          "");
      return false;
    }
    if (entry.kind() != Kind.EXECUTABLE) {
      repository.error(
          Code.BB204,
          entry.path(),
          entry.name() + " is not executable",
          "a file with mode 755",
          "git update-index --chmod=+x " + entry.path());
      return false;
    }
    byte[] start = repository.tree().read(entry, LIMIT);
    if (start.length < 2 || start[0] != '#' || start[1] != '!') {
      repository.error(
          Code.BB204,
          entry.path(),
          entry.name() + " does not say what runs it",
          "a first line such as #!/bin/sh",
          "");
      return false;
    }
    return true;
  }

  /** Reports guests with the names of scripts. */
  static void check(List<Entry> scripts, List<Guest> guests, Repository repository) {
    if (scripts.isEmpty()) {
      return;
    }
    for (Guest guest : guests) {
      for (Script script : Script.values()) {
        if (guest.name().equals(script.resource())) {
          repository.error(
              Code.BB305,
              guest.origin().at("").path(),
              guest.kind() + " `" + guest.name() + "` is named as a script is",
              "another name where scripts/ is in use",
              "rename its directory");
        }
      }
    }
  }
}
