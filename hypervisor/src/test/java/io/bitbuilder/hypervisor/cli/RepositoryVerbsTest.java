package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.document.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs that need a repository and no host. */
class RepositoryVerbsTest {
  private static final String HOST_FILES = "--root=../host";

  @TempDir Path top;

  private Prepared prepared;

  @BeforeEach
  void prepare() throws IOException {
    prepared = new Prepared(top.resolve("host"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"system", "tenant-001", "tenant-blue"})
  void theExamplesAreValid(String name) throws IOException {
    assertThat(prepared.run("validate", "../examples/" + name))
        .isEqualTo(new Prepared.Ran(ExitStatus.DONE, "", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"system", "tenant"})
  void whatInitWritesIsValid(String kind) throws IOException {
    Path directory = top.resolve("tenant-acme");
    Prepared.Ran ran = prepared.run("init", kind, directory.toString(), HOST_FILES);
    assertThat(ran.status()).isZero();
    assertThat(ran.out().lines()).isNotEmpty().allMatch(line -> Files.isRegularFile(Path.of(line)));
    prepared.onTerminal();
    assertThat(prepared.run("validate", directory.toString()).out())
        .contains("OK: ", "is a valid " + kind + " repository");

    Prepared.Ran again = prepared.run("init", kind, directory.toString(), HOST_FILES);
    assertThat(again.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(again.err()).contains("file exists: ", "nothing was written");
  }

  @Test
  void initTakesTheIdFromTheDirectoryOrTheOption() throws IOException {
    Path named = top.resolve("tenant-acme");
    prepared.run("init", "tenant", named.toString(), HOST_FILES);
    assertThat(Files.readString(named.resolve("metadata.json"))).contains("\"tenant-acme\"");
    Path other = top.resolve("Not An Id");
    prepared.run("init", "tenant", other.toString(), HOST_FILES);
    assertThat(Files.readString(other.resolve("metadata.json"))).contains("\"tenant-001\"");
    Path chosen = top.resolve("chosen");
    Prepared.Ran ran =
        prepared.run(
            "init", "tenant", chosen.toString(), "--id=blue", "--name=api", "--json", HOST_FILES);
    assertThat(Json.parseObject(ran.out())).containsKeys("directory", "files");
    assertThat(Files.readString(chosen.resolve("metadata.json"))).contains("\"blue\"");
    assertThat(chosen.resolve("containers/api/config.yaml")).exists();
    assertThat(prepared.run("init", "tenant", "x", "--id=BAD", HOST_FILES).status())
        .isEqualTo(ExitStatus.USAGE);
    assertThat(prepared.run("init", "tenant", "x", "--name=B/D", HOST_FILES).status())
        .isEqualTo(ExitStatus.USAGE);
  }

  @Test
  void validateSaysAllThatIsWrongAndWhere() throws IOException {
    Path directory = Files.createDirectories(top.resolve("bad"));
    Files.writeString(
        directory.resolve("metadata.json"),
        """
        {
          "tenant": {"id": "acme", "name": "Acme", "type": "container"},
          "resources": {"memroy": "4G"}
        }
        """);
    Prepared.Ran ran = prepared.run("validate", directory.toString());
    assertThat(ran.status()).isEqualTo(ExitStatus.REJECTED);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .contains(
            "error[BB201]: unknown key `memroy`",
            "--> metadata.json:3:17  (/resources/memroy)",
            "`memory`");
    Prepared.Ran json = prepared.run("validate", directory.toString(), "--json");
    assertThat(json.status()).isEqualTo(ExitStatus.REJECTED);
    assertThat(Json.parseObject(json.out())).containsEntry("valid", false);
  }

  @Test
  void validateWantsARepository() throws IOException {
    Prepared.Ran missing = prepared.run("validate", top.resolve("missing").toString());
    assertThat(missing.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(missing.err()).contains("no directory");
    Prepared.Ran neither = prepared.run("validate", top.toString());
    assertThat(neither.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(neither.err()).contains("neither a tenant nor a system repository");
  }

  @Test
  void planRefusesWhatItCannotUnderstand() throws IOException {
    String commit = "a".repeat(40);
    for (List<String> line :
        List.of(
            List.of("plan", "NOT/VALID"),
            List.of("plan", "acme", "--commit=abc"),
            List.of("plan", "--commit=" + commit),
            List.of("plan", "acme", "--from=.", "--commit=" + commit),
            List.of("plan", "--from=" + top.resolve("missing")))) {
      assertThat(prepared.run(line.toArray(String[]::new)).status()).isEqualTo(ExitStatus.USAGE);
    }
  }

  @Test
  void planOnAnUntoldHostSaysWhatIsMissing() throws IOException {
    Prepared.Ran ran = prepared.run("plan");
    assertThat(ran.status()).isEqualTo(ExitStatus.REJECTED);
    assertThat(ran.out()).contains("error[BB705]", "/etc/bitbuilder/host.yaml");
  }

  @Test
  void fetchOfAnUntoldHostIsRejected() throws IOException {
    Prepared.Ran ran = prepared.run("fetch");
    assertThat(ran.status()).isEqualTo(ExitStatus.REJECTED);
    assertThat(ran.err()).startsWith("BB705 ");
  }

  @Test
  void compileTellsTheJournalWhyItIsFrozen() throws IOException {
    Prepared.Ran ran = prepared.run("compile");
    assertThat(ran.status()).isEqualTo(ExitStatus.DONE);
    assertThat(ran.out()).isEqualTo("frozen: nothing changes\n");
    assertThat(ran.err().lines()).singleElement().asString().startsWith("BB705 ");
    assertThat(Json.parseObject(prepared.run("compile", "--json").out()))
        .containsEntry("frozen", true);
  }
}
