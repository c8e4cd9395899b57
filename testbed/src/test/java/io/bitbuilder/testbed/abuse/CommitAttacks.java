package io.bitbuilder.testbed.abuse;

import static io.bitbuilder.testbed.abuse.HostileRepository.SUBMODULE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** Commits git would not write, and submodules. */
final class CommitAttacks {
  private static final String SOME = "1".repeat(40);

  private CommitAttacks() {}

  static List<Attack> commits() {
    return List.of(
        Attack.inert(
            "commit-nul",
            "t1450",
            "a NUL in a commit's header",
            "true",
            r ->
                r.branch(
                    r.object(
                        "commit",
                        HostileRepository.commitText(r.root().write(), "x")
                            .replace("author mallory", "author mal\0lory")
                            .getBytes(UTF_8)))),
        commit(
            "no-tree", "t1450", "a commit without a tree", t -> t.substring(t.indexOf('\n') + 1)),
        commit(
            "tree-twice",
            "CVE-2026-45022",
            "a commit with two trees",
            t -> t.substring(0, t.indexOf('\n') + 1) + t),
        commit(
            "bad-parent",
            "t1450",
            "a parent that is no id",
            t -> t.replace("\nauthor", "\nparent ../../x\nauthor")),
        commit(
            "far-parent",
            "t1450",
            "a parent that is nowhere",
            t -> t.replace("\nauthor", "\nparent " + SOME + "\nauthor")),
        commit(
            "date", "t1450", "a date that is no number", t -> t.replace("1790000000", "1e999999")),
        Attack.inert(
            "commit-encoding",
            "t1450",
            "an encoding that does not exist, and bytes of none",
            "true",
            r ->
                r.branch(
                    r.object(
                        "commit",
                        HostileRepository.commitText(r.root().write(), "caf\u00e9 \u009b2J")
                            .replace("\n\n", "\nencoding x-\u001b[2J\n\n")
                            .getBytes(ISO_8859_1)))),
        Attack.inert(
            "commit-escape",
            "idea 49",
            "an author that clears the screen",
            "! bitbuilder describe \"$1\" | grep -q \"$(printf '\\033')\\[2J\"",
            r ->
                r.branch(
                    r.object(
                        "commit",
                        HostileRepository.commitText(r.root().write(), "\u001b[2J\u202esubject")
                            .replace("mallory <", "\u001b[2Jroot\u202e <")
                            .getBytes(UTF_8)))));
  }

  static List<Attack> notCommits() {
    return List.of(
        Attack.refused(
            "commit-tag",
            "t1450",
            "main is a tag",
            "BB501",
            "",
            r ->
                r.branch(
                    r.object(
                        "tag",
                        ("object "
                                + r.commit(r.root().write(), "x")
                                + "\ntype commit\ntag v1\ntagger m <m> 1 +0000\n\nx\n")
                            .getBytes(UTF_8)))),
        Attack.refused(
            "commit-blob", "t1450", "main is a file", "BB501", "", r -> r.branch(r.blob("x"))),
        Attack.refused(
            "commit-of-blob",
            "t1450",
            "a commit whose tree is a file",
            "BB501",
            "",
            r -> r.branch(r.commit(r.blob("x"), "x"))));
  }

  private static Attack commit(
      String id, String source, String what, java.util.function.UnaryOperator<String> change) {
    return Attack.refused(
        "commit-" + id,
        source,
        what,
        "BB501",
        "",
        r ->
            r.branch(
                r.object(
                    "commit",
                    change
                        .apply(HostileRepository.commitText(r.root().write(), "x"))
                        .getBytes(UTF_8))));
  }

  private static final String LISTENER = "http://127.0.0.1:8900/x";

  static List<Attack> submodules() {
    return List.of(
        modules("name", "CVE-2018-11235", "../../hooks", "lib", LISTENER),
        modules("url-dash", "CVE-2018-17456", "lib", "lib", "-u./evil"),
        modules("url-ext", "t5815", "lib", "lib", "ext::sh -c touch% /etc/canary"),
        modules("url-http", "CVE-2020-5260", "lib", "lib", LISTENER),
        modules("path-cr", "CVE-2025-48384", "lib", "lib\r", LISTENER),
        Attack.inert(
            "module-link",
            "CVE-2025-48384",
            ".gitmodules is a link to a canary",
            "true",
            r -> r.link(".gitmodules", "/etc/canary-open")),
        Attack.refused(
            "module-container",
            "idea 7",
            "a container that is a submodule",
            "BB302",
            "containers/app",
            r -> r.root().in("containers").without("app").entry("app", SUBMODULE, SOME)),
        Attack.refused(
            "module-overlay",
            "idea 7",
            "an overlay that is a submodule",
            "BB302",
            "containers/app/rootfs-overlay",
            r -> r.object("containers/app/rootfs-overlay", SUBMODULE, SOME)),
        Attack.refused(
            "module-in-overlay",
            "idea 7",
            "a submodule inside an overlay",
            "BB302",
            "rootfs-overlay/lib",
            r -> r.object("containers/app/rootfs-overlay/lib", SUBMODULE, SOME)));
  }

  private static Attack modules(String id, String source, String name, String path, String url) {
    return Attack.inert(
        "module-" + id,
        source,
        "a submodule "
            + HostileList.shown(name)
            + " at "
            + HostileList.shown(path)
            + " from "
            + HostileList.shown(url),
        "true",
        r ->
            r.file(
                    ".gitmodules",
                    "[submodule \""
                        + name
                        + "\"]\n\tpath = \""
                        + path
                        + "\"\n\turl = "
                        + url
                        + "\n")
                .object(path, SUBMODULE, SOME));
  }
}
