package io.bitbuilder.testbed.abuse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Attacks that fit on a line of abuse.txt. */
final class TableAttacks {
  private static final String CONFIG = "containers/app/config.yaml";
  private static final String REST = "\ncommand: [/bin/true]\nautostart: false\n";
  private static final Pattern ESCAPED = Pattern.compile("\\{([0-9a-f]{4})}");

  /** Lets a file's object of another tenant be in a tree, as if it were in this store. */
  private static final String STEAL =
      """
      cd "$1"
      innocent=/var/lib/bitbuilder/objects/tenants/innocent.git/objects
      blob=$(git hash-object /srv/secret)
      overlay=$(printf '100644 blob %s\\tstolen\\n' "$blob" | git mktree --missing)
      app=$(git ls-tree main:containers/app; printf '040000 tree %s\\trootfs-overlay\\n' "$overlay")
      app=$(echo "$app" | git mktree --missing)
      top=$(git ls-tree main: | grep -v containers; printf '040000 tree %s\\tcontainers\\n' "$(printf '040000 tree %s\\tapp\\n' "$app" | git mktree)")
      top=$(echo "$top" | git mktree)
      git -c user.name=m -c user.email=m commit-tree -m x "$top" >refs/heads/main
      """;

  private TableAttacks() {}

  static List<Attack> all() {
    try (InputStream in = TableAttacks.class.getResourceAsStream("/abuse.txt")) {
      if (in == null) {
        throw new IllegalStateException("abuse.txt is not among the test's resources");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> attack(line.split(" \\| ?", 6)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Attack attack(String[] cells) {
    String id = cells[1];
    String text =
        ESCAPED
            .matcher(cells[5])
            .replaceAll(found ->
                Character.toString(Integer.parseInt(found.group(1), 16))
                    .replace("\\", "\\\\")
                    .replace("$", "\\$"));
    return switch (cells[0]) {
      case "yaml" -> file("yaml-" + id, cells, CONFIG, text);
      case "field" ->
          file(
              "field-" + id,
              cells,
              CONFIG,
              (text.startsWith("image") ? "" : "image: host\n") + text + REST);
      case "json" -> file("json-" + id, cells, "metadata.json", text);
      case "claims" ->
          file("claims-" + id, cells, "metadata.json", Attack.metadata("claims-" + id, text));
      case "named" ->
          file(
              "named-" + id,
              cells,
              "metadata.json",
              Attack.metadata("named-" + id, Attack.LITTLE)
                  .replace("\"type\"", "\"name\": \"" + text + "\", \"type\""));
      case "topology" ->
          file("net-" + id, cells, "network/topology.yaml", "networks: [" + text + "]\n");
      case "firewall" ->
          file("fw-" + id, cells, "network/firewall/a.yaml", "rules: [" + text + "]\n");
      case "tunnel" ->
          file(
              "wg-" + id,
              cells,
              "network/wireguard/a.yaml",
              "networks: [default]\npeers: [{publicKey: \""
                  + "A".repeat(42)
                  + "8=\", "
                  + text
                  + "}]\n");
      case "name" ->
          Attack.refused(
              "name-" + id,
              cells[2],
              cells[3],
              cells[4],
              cells[4].equals("BB501") ? "directory `containers`: " : "containers/",
              r -> r.at("containers").in(text).file("config.yaml", Attack.RESTING));
      case "link" -> link(id, cells, text.split(" -> ", 2));
      case "steal" -> store(id, cells, STEAL + text + "\n");
      case "store" -> store(id, cells, text);
      case "server" -> Attack.server("server-" + id, cells[2], cells[3], cells[4], text);
      default -> throw new IllegalStateException("no such kind: " + cells[0]);
    };
  }

  private static Attack file(String id, String[] cells, String path, String content) {
    boolean inert = cells[4].equals(Attack.INERT);
    return new Attack(
        id,
        cells[2],
        cells[3],
        cells[4],
        inert ? "true" : path,
        r -> r.file(path, content),
        "",
        "");
  }

  private static Attack link(String id, String[] cells, String[] link) {
    return Attack.refused(
        "link-" + id, cells[2], cells[3], cells[4], link[0], r -> r.link(link[0], link[1]));
  }

  /** What the finding must say, or how to see that it is inert, may stand before ~~. */
  private static Attack store(String id, String[] cells, String text) {
    int mark = text.indexOf(" ~~ ");
    return Attack.store(
        "store-" + id,
        cells[2],
        cells[3],
        cells[4],
        mark < 0 ? "" : text.substring(0, mark),
        mark < 0 ? text : text.substring(mark + 4));
  }
}
