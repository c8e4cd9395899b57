package io.bitbuilder.testbed.abuse;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** Documents that are hard to read, because of their size or their bytes. */
final class TextAttacks {
  private static final String CONFIG = "containers/app/config.yaml";

  private TextAttacks() {}

  static List<Attack> all() {
    return List.of(
        yaml("alias-bomb", "CVE-2022-25857", "aliases that multiply", "BB105", bomb()),
        yaml(
            "depth",
            "CVE-2022-25857",
            "10^5 lists in each other",
            "BB103",
            "x: " + "[".repeat(100_000)),
        yaml(
            "depth-block",
            "CVE-2022-25857",
            "10^4 block lists in each other",
            "BB103",
            "- ".repeat(10_000) + "x"),
        yaml(
            "long-key",
            "CVE-2023-40584",
            "a key of 500000 characters",
            "BB103",
            "? " + "k".repeat(500_000) + "\n: x\n"),
        Attack.refused(
            "yaml-not-utf8",
            "idea 25",
            "UTF-16 in the place of UTF-8",
            "BB104",
            CONFIG,
            r -> r.file(CONFIG, "image: host\n".getBytes(UTF_16))),
        Attack.refused(
            "json-huge",
            "CVE-2026-41648",
            "a metadata.json of 64 MB",
            "BB103",
            "metadata.json",
            r -> r.file("metadata.json", " ".repeat(64_000_000) + "{}")),
        Attack.inert(
            "json-bom",
            "idea 13",
            "a byte order mark before metadata.json",
            "true",
            r -> r.file("metadata.json", "\ufeff" + Attack.metadata("json-bom", Attack.LITTLE))),
        Attack.refused(
            "name-long",
            "idea 15",
            "a container named with 200 letters",
            "BB207",
            "containers/",
            r -> r.at("containers").in("l".repeat(200)).file("config.yaml", Attack.RESTING)));
  }

  private static Attack yaml(
      String id, String source, String what, String expected, String content) {
    return Attack.refused(
        "yaml-" + id, source, what, expected, CONFIG, r -> r.file(CONFIG, content.getBytes(UTF_8)));
  }

  private static String bomb() {
    StringBuilder out = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      out.append("a" + i + ": &a" + i + " [" + ("*a" + (i - 1) + ", ").repeat(9) + "x]\n");
    }
    return out.toString();
  }
}
