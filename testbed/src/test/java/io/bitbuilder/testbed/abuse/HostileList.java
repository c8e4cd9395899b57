package io.bitbuilder.testbed.abuse;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All attacks. */
public final class HostileList {
  private HostileList() {}

  /** In the order of the report. */
  public static List<Attack> all() {
    List<Attack> all = new ArrayList<>();
    all.addAll(TreeAttacks.names());
    all.addAll(TreeAttacks.paths());
    all.addAll(TreeAttacks.shapes());
    all.addAll(SizeAttacks.sizes());
    all.addAll(CommitAttacks.commits());
    all.addAll(CommitAttacks.notCommits());
    all.addAll(CommitAttacks.submodules());
    all.addAll(OverlayAttacks.links());
    all.addAll(OverlayAttacks.names());
    all.addAll(TextAttacks.all());
    all.addAll(TableAttacks.all());
    all.addAll(ScriptAttacks.scripts());
    Set<String> ids = new HashSet<>();
    for (Attack attack : all) {
      if (!ids.add(attack.id()) || attack.id().length() > 32) {
        throw new IllegalStateException("not the name of one attack: " + attack.id());
      }
    }
    return all;
  }

  /** A text with what cannot be seen written out. */
  static String shown(String text) {
    return text.replace("\r", "\\r").replace("\n", "\\n");
  }
}
