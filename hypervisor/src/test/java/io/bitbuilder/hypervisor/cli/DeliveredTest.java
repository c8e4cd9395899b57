package io.bitbuilder.hypervisor.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Man pages and completion under {@code host/} are what the verbs declare. {@code
 * -Dgolden.write=true} writes them anew.
 */
class DeliveredTest {
  private static final Path SHARE = Path.of("../host/usr/share");

  private static Map<Path, String> delivered() {
    Map<Path, String> files = new LinkedHashMap<>();
    Path pages = SHARE.resolve("man/man1");
    files.put(pages.resolve("bitbuilder.1"), ManPage.overview());
    for (Declaration verb : Verbs.declarations()) {
      files.put(pages.resolve("bitbuilder-" + verb.name() + ".1"), ManPage.of(verb));
    }
    files.put(SHARE.resolve("bash-completion/completions/bitbuilder"), Completion.bash());
    return files;
  }

  @BeforeAll
  static void writeAnewWhenAsked() throws IOException {
    if (Boolean.getBoolean("golden.write")) {
      for (Map.Entry<Path, String> file : delivered().entrySet()) {
        Files.createDirectories(file.getKey().getParent());
        Files.writeString(file.getKey(), file.getValue());
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> fileIsWhatTheVerbsDeclare() {
    return delivered().entrySet().stream()
        .map(file ->
            DynamicTest.dynamicTest(
                file.getKey().getFileName().toString(),
                () -> assertThat(file.getKey()).hasContent(file.getValue())));
  }

  @Test
  void noPageIsLeftOver() throws IOException {
    try (Stream<Path> pages = Files.list(SHARE.resolve("man/man1"))) {
      assertThat(pages).hasSize(Verbs.NAMES.size() + 1);
    }
  }

  @Test
  void everyVerbIsFoundUnderItsName() {
    assertThat(Verbs.NAMES).doesNotHaveDuplicates().isNotEmpty();
    for (String name : Verbs.NAMES) {
      Declaration declaration = Verbs.find(name).orElseThrow().declaration();
      assertThat(declaration.name()).isEqualTo(name);
      assertThat(declaration.summary()).doesNotEndWith(".");
      assertThat(declaration.description()).isNotEmpty();
      assertThat(declaration.examples()).isNotEmpty();
    }
  }

  /** What the units run exists, and their Documentation= names a page that does. */
  @Test
  void unitsNameVerbsAndPagesThatExist() throws IOException {
    List<String> pages = new ArrayList<>(List.of("bitbuilder"));
    Verbs.NAMES.forEach(name -> pages.add("bitbuilder-" + name));
    int found = 0;
    try (Stream<Path> units = Files.list(Path.of("../host/usr/lib/systemd/system"))) {
      for (Path unit : units.filter(Files::isRegularFile).toList()) {
        for (String line : Files.readAllLines(unit)) {
          if (line.startsWith("Documentation=man:bitbuilder")) {
            String page = line.substring("Documentation=man:".length());
            assertThat(pages).contains(page.substring(0, page.indexOf('(')));
            found++;
          }
          if (line.startsWith("ExecStart=/usr/bin/bitbuilder ")) {
            assertThat(Verbs.NAMES).contains(line.split(" ", -1)[1]);
            found++;
          }
        }
      }
    }
    assertThat(found).isGreaterThan(5);
  }

  @Test
  void bashAcceptsTheCompletion() throws Exception {
    assertSilent("bash", "-n", SHARE.resolve("bash-completion/completions/bitbuilder").toString());
  }

  @Test
  void bashCompletesVerbsOptionsAndChoices() throws Exception {
    assertThat(complete("bitbuilder", "stat")).containsExactly("status");
    assertThat(complete("bitbuilder", "status", "--j")).containsExactly("--json");
    assertThat(complete("bitbuilder", "logs", "--f")).containsExactly("--follow");
    assertThat(complete("bitbuilder", "--json", "ten")).containsExactly("tenants");
    assertThat(complete("bitbuilder", "completion", "")).containsExactly("bash");
    assertThat(complete("bitbuilder", "help", "syn")).containsExactly("sync");
  }

  private static List<String> complete(String... words) throws Exception {
    String script =
        "source \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); compopt() { :; };"
            + " _bitbuilder; printf '%s\\n' \"${COMPREPLY[@]}\"";
    List<String> command =
        new ArrayList<>(
            List.of(
                "bash",
                "-c",
                script,
                "bash",
                SHARE.resolve("bash-completion/completions/bitbuilder").toString()));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return out.lines().toList();
  }

  private static void assertSilent(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(out).isEmpty();
    assertThat(process.waitFor()).isZero();
  }
}
