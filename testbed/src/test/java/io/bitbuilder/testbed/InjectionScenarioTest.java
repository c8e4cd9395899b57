package io.bitbuilder.testbed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The hostile texts that are accepted, given to systemd itself: InjectionTest of the hypervisor
 * tells which they are, and reads what is compiled of them by rules of its own; here those who read
 * it in earnest have the last word.
 */
@Tag("scenario")
final class InjectionScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("injection");

  private static final List<String> ARGUMENTS = texts("container#/command/*");
  private static final List<String> VALUES = texts("container#/environment/{}");
  private static final List<String> OUTSIDE = texts("container#/credentials/{}");
  private static final List<String> INSIDE = texts("container#/credentials/{}=");
  private static final List<String> PATHS = texts("container#/volumes/*/path");
  private static final List<String> NAMES = texts("firewall#/rules/*/name");

  private static final String IDLE = "trap 'exit 0' TERM; sleep infinity & wait";
  private static final String SAVES = "printf '%s\\0' \"$@\" >/run/said";

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  /** Texts of src/test/golden/injection/texts.json of the hypervisor. */
  private static List<String> texts(String field) {
    Path file =
        Lane.script("build/test")
            .resolve("../../hypervisor/src/test/golden/injection/texts.json")
            .normalize();
    try {
      List<String> texts =
          Json.parse(Files.readString(file)).at(field).list().stream().map(Json::text).toList();
      assertThat(texts).as(field).isNotEmpty();
      return texts;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A flow of YAML, which is one of JSON. */
  private static String list(String first, List<String> texts) {
    StringBuilder out = new StringBuilder("[").append(first);
    texts.forEach(text -> out.append(", ").append(quoted(text)));
    return out.append(']').toString();
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c >= ' ' && c < 0x7f) {
        out.append(c);
      } else {
        out.append("\\u%04x".formatted((int) c));
      }
    }
    return out.append('"').toString();
  }

  private static String environment() {
    StringBuilder out = new StringBuilder("environment:\n");
    for (int i = 0; i < VALUES.size(); i++) {
      out.append("  I").append(i).append(": ").append(quoted(VALUES.get(i))).append('\n');
    }
    return out.toString();
  }

  private static List<String> command() {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", IDLE, "sh"));
    command.addAll(ARGUMENTS);
    return command;
  }

  private static List<String> assignments() {
    List<String> assignments = new ArrayList<>();
    for (int i = 0; i < VALUES.size(); i++) {
      assignments.add("I" + i + "=" + VALUES.get(i));
    }
    return assignments;
  }

  private static String credentials() {
    StringBuilder out = new StringBuilder("credentials:\n");
    for (String inside : INSIDE) {
      out.append("  ").append(quoted(inside)).append(": ").append(quoted(OUTSIDE.getFirst()));
      out.append('\n');
    }
    for (int i = 0; i < OUTSIDE.size(); i++) {
      out.append("  o").append(i).append(": ").append(quoted(OUTSIDE.get(i))).append('\n');
    }
    return out.toString();
  }

  private static String volumes() {
    StringBuilder out = new StringBuilder("volumes:\n");
    for (int i = 0; i < PATHS.size(); i++) {
      out.append("  - {name: v").append(i).append(", path: ").append(quoted(PATHS.get(i)));
      out.append("}\n");
    }
    return out.toString();
  }

  private static String rules() {
    StringBuilder out = new StringBuilder("rules:\n");
    for (int i = 0; i < NAMES.size(); i++) {
      out.append("  - {action: accept, protocol: tcp, log: true, ports: [").append(1000 + i);
      out.append("], name: ").append(quoted(NAMES.get(i))).append("}\n");
    }
    return out.toString();
  }

  @BeforeAll
  static void theyRun() {
    Site site = SCENE.site();
    for (String name : OUTSIDE) {
      site.host().write("/etc/credstore/tenant.acme." + name, "secret of " + name);
    }
    String check = list("/bin/sh, -c, " + quoted(SAVES) + ", sh", ARGUMENTS);
    site.push(
        "acme",
        "hostile",
        Tree.tenant("acme")
            .container(
                "app",
                "image: host\ncommand: "
                    + list("/bin/sh, -c, " + quoted(IDLE) + ", sh", ARGUMENTS)
                    + "\n"
                    + environment()
                    + credentials()
                    + volumes()
                    + "health: {checks: [{exec: "
                    + check
                    + "}]}\n")
            .container("os", "image: host\n" + environment())
            .with("network/firewall/rules.yaml", rules()));
    site.push("globex", "plain", Tree.tenant("globex").idle("app"));
    site.register("acme", "globex").publish();
    site.sync(0);
    site.waitFor("acme", "app");
    site.waitFor("acme", "os");
  }

  /** The words of a file in which each ends in a NUL. */
  private static List<String> words(String base64) {
    String text = new String(Base64.getMimeDecoder().decode(base64.strip()), UTF_8);
    assertThat(text).endsWith("\0");
    return List.of(text.substring(0, text.length() - 1).split("\0", -1));
  }

  private List<String> inside(String container, String file) {
    return words(site.within("acme", container, "base64 " + file));
  }

  @Test
  void aCommandHasItsArguments() {
    assertThat(inside("app", "/proc/2/cmdline")).isEqualTo(command());
  }

  @Test
  void variablesHaveTheirValues() {
    assertThat(inside("app", "/proc/2/environ")).containsAll(assignments());
    // What an init hands to its services.
    String service = "systemd-run --quiet --wait --pipe base64 /proc/self/environ";
    assertThat(words(site.within("acme", "os", service))).containsAll(assignments());
  }

  @Test
  void aHealthCheckHasItsArguments() {
    assertThat(inside("app", "/run/said")).isEqualTo(ARGUMENTS);
  }

  /** nspawn has the words another container has, those of the tenant, and nothing else. */
  @Test
  void nothingBecomesAnOption() {
    List<String> hostile = nspawn("acme");
    int end = hostile.indexOf("--");
    assertThat(hostile.subList(end + 1, hostile.size())).isEqualTo(command());

    List<String> plain = nspawn("globex");
    List<String> own = new ArrayList<>();
    for (int i = 0; i < VALUES.size(); i++) {
      own.add("--setenv=I" + i + "=" + VALUES.get(i));
    }
    List<String> options = new ArrayList<>(hostile.subList(0, end));
    assertThat(options).containsAll(own);
    options.removeAll(own);
    options.removeIf(word -> word.matches("--load-credential=[^:]+:tenant\\.acme\\.[^:]+"));
    assertThat(options.toString().replaceAll("[0-9]{10}:", ":"))
        .isEqualTo(
            plain
                .subList(0, plain.indexOf("--"))
                .toString()
                .replace("globex", "acme")
                .replaceAll("[0-9]{10}:", ":"));
  }

  private List<String> nspawn(String tenant) {
    String line = "base64 /proc/$(systemctl show -P MainPID \"$1\")/cmdline";
    return words(host.sh(line, Site.unit(tenant, "app")));
  }

  @Test
  void credentialsAndVolumesAreWhereTheyAreNamed() {
    for (int i = 0; i < OUTSIDE.size(); i++) {
      assertThat(site.within("acme", "app", "cat /run/host/credentials/o" + i))
          .isEqualTo("secret of " + OUTSIDE.get(i));
    }
    for (String name : INSIDE) {
      assertThat(site.within("acme", "app", "cat \"/run/host/credentials/$1\"", name))
          .isEqualTo("secret of " + OUTSIDE.getFirst());
    }
    for (String path : PATHS) {
      site.within("acme", "app", "test -w \"$1\" && mountpoint -q \"$1\"", path);
    }
  }

  /** Neither systemd nor networkd nor nspawn passed over a line of what was compiled. */
  @Test
  void nobodyComplains() {
    String complaints =
        host.sh(
            "journalctl --boot --no-pager --output=cat | grep -iE"
                + " 'ignoring|unknown (key|section)|failed to (parse|resolve)|invalid (escape|syntax)'"
                + " | grep -E 'tenant|acme|nspawn' || :");
    assertThat(complaints).isEmpty();
    for (String name : List.of("app", "os")) {
      String unit = Site.unit("acme", name);
      assertThat(host.exec("systemd-analyze", "verify", "--man=no", unit))
          .isEqualTo(new Host.Output(0, ""));
    }
    assertThat(host.sh("nft list ruleset")).contains("acme/").doesNotContain("evil", "benign");
    assertThat(host.sh("systemctl show -P NeedDaemonReload \"$1\"", Site.unit("acme", "app")))
        .isEqualTo("no");
    assertThat(host.sh("systemctl show -P ExecStart \"$1\"", Site.unit("acme", "app")))
        .doesNotContain("evil");
  }
}
