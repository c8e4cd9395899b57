package io.bitbuilder.testbed.abuse;

import static io.bitbuilder.testbed.abuse.HostileRepository.DIRECTORY;
import static io.bitbuilder.testbed.abuse.HostileRepository.FILE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** Trees git would not write. */
final class TreeAttacks {
  private static final String SOME = "1".repeat(40);

  private TreeAttacks() {}

  static List<Attack> names() {
    return List.of(
        damaged(
            "duplicate",
            "idea 5, CVE-2026-48749",
            "two entries metadata.json",
            r -> r.root().file("metadata.json", "{}")),
        damaged(
            "file-and-dir",
            "idea 5, CVE-2026-48749",
            "a file and a directory named containers",
            r -> r.root().file("containers", "x")),
        damaged(
            "dotdot",
            "t7450, CVE-2021-21300",
            "a directory ..",
            r -> r.root().in("..").file("x", "x")),
        damaged("dot", "t1450", "a directory .", r -> r.root().in(".").file("x", "x")),
        damaged(
            "dotgit",
            "CVE-2014-9390",
            "a directory .git",
            r -> r.root().in(".git").file("config", "x")),
        damaged(
            "dotgit-upper",
            "CVE-2014-9390",
            "a directory .GIT",
            r -> r.root().in(".GIT").file("config", "x")),
        damaged(
            "dotgit-short",
            "CVE-2019-1352",
            "a directory git~1",
            r -> r.root().in("git~1").file("config", "x")),
        damaged(
            "dotgit-hfs",
            "CVE-2014-9390",
            "a directory .g\\u200cit",
            r -> r.root().in(".g\u200cit").file("config", "x")));
  }

  static List<Attack> paths() {
    return List.of(
        damaged("slash", "CVE-2024-32002", "an entry named a/b", r -> r.root().file("a/b", "x")),
        damaged(
            "absolute",
            "CVE-2022-24348",
            "an entry named /etc/canary",
            r -> r.root().file("/etc/canary", "x")),
        damaged(
            "climb",
            "CVE-2022-24877",
            "an entry named ../../../etc/canary",
            r -> r.root().file("../../../etc/canary", "x")),
        damaged(
            "nul",
            "t1450",
            "a NUL inside a name",
            r -> r.root().raw("meta\0data".getBytes(UTF_8), FILE, r.blob("x"))),
        damaged("no-name", "t1450", "an entry without a name", r -> r.root().file("", "x")),
        damaged(
            "mode-octal",
            "t1450",
            "a mode that is no octal number",
            r -> r.root().entry("a", "10064x", r.blob("x"))),
        damaged(
            "mode-zero",
            "t1450",
            "a mode with a leading zero",
            r -> r.root().entry("a", "0100644", r.blob("x"))));
  }

  static List<Attack> shapes() {
    return List.of(
        damaged(
            "unsorted", "idea 5", "entries out of order", r -> r.root().asWritten().file("a", "x")),
        damaged(
            "forge",
            "idea 49",
            "a wrong mode beside a name with a line end and a line behind it",
            "directory `containers/app`",
            r -> r.at("containers/app").entry("x\n<0>forged-line\n", "060644", r.blob("x"))),
        damaged("cut", "t1450", "a tree cut off inside an id", TreeAttacks::cut),
        damaged(
            "missing",
            "t1450",
            "a file whose object is nowhere",
            "file `a`",
            r -> r.root().entry("a", FILE, SOME)),
        damaged(
            "missing-dir",
            "t1450",
            "a directory whose object is nowhere",
            "directory `a`",
            r -> r.root().entry("a", DIRECTORY, SOME)),
        damaged(
            "blob-as-dir",
            "CVE-2026-45022",
            "a directory that is a file's object",
            "directory `containers/app/rootfs-overlay`",
            r -> r.object("containers/app/rootfs-overlay", DIRECTORY, r.blob("x"))),
        damaged(
            "tree-as-file",
            "CVE-2026-45022",
            "metadata.json is a directory's object",
            "file `metadata.json`",
            r -> r.object("metadata.json", FILE, r.at("containers/app").write())));
  }

  private static Attack damaged(String id, String source, String what, Attack.Maker maker) {
    return damaged(id, source, what, "the top directory", maker);
  }

  private static Attack damaged(
      String id, String source, String what, String where, Attack.Maker maker) {
    return Attack.refused("tree-" + id, source, what, "BB501", where + ": ", maker);
  }

  private static void cut(HostileRepository r) {
    byte[] whole = HostileRepository.entry("metadata.json".getBytes(UTF_8), FILE, r.blob("{}"));
    r.branch(r.commit(r.object("tree", java.util.Arrays.copyOf(whole, whole.length - 7)), "cut"));
  }
}
