package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.generation.AuditLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogCheckTest {
  @TempDir Path root;

  @Test
  void whatWasExportedIsCheckedLater() throws IOException {
    Prepared prepared = Prepared.threeTenants(root);
    String head = new AuditLog(prepared.state()).check(Optional.empty()).head().sha256();
    String lines = prepared.run("log", "--export").out();
    assertThat(lines).isEqualTo(Files.readString(prepared.state().resolve("log.jsonl")));
    Path archive = Files.writeString(root.resolve("archive"), lines);
    Prepared.Ran ran = prepared.run("log", "--verify", "--head", head, archive.toString());
    assertThat(ran.err()).isEmpty();
    assertThat(ran.status()).isZero();
    assertThat(ran.out()).contains("the expected line is there, 0 after it");
    Files.writeString(archive, lines.substring(0, lines.indexOf('\n') + 1));
    ran = prepared.run("log", "--verify", archive.toString());
    assertThat(ran.status()).isZero();
    ran = prepared.run("log", "--verify", "--head", head, archive.toString());
    assertThat(ran.status()).isEqualTo(ExitStatus.UNVERIFIED);
    assertThat(ran.err()).contains("archive:1: no line has the expected hash");
  }

  @Test
  void theLineThatDoesNotFitIsNamed() throws IOException {
    Prepared prepared = Prepared.threeTenants(root);
    Path file = prepared.state().resolve("log.jsonl");
    Files.writeString(file, Files.readString(file).replaceFirst("healthy", "refused"));
    Prepared.Ran ran = prepared.run("log", "--verify");
    assertThat(ran.status()).isEqualTo(ExitStatus.UNVERIFIED);
    assertThat(ran.err()).contains("log.jsonl:1: was changed: entry 2 has another hash of it");
    ran = prepared.run("log", "--verify", "--json");
    assertThat(ran.status()).isEqualTo(ExitStatus.UNVERIFIED);
    assertThat(ran.out()).contains("\"valid\": false", "\"line\": 1");
  }

  @ParameterizedTest
  @CsvSource({
    "--verify --export,exclude each other",
    "--head=abc,only for --verify",
    "--verify --head=abc,64 hexadecimal digits",
    "--verify --lines=3,--lines is not for",
    "--export --json,--export prints all lines as they are",
    "--verify /no/where,does not exist"
  })
  void whatMakesNoSenseIsRefused(String options, String message) throws IOException {
    Prepared.Ran ran = Prepared.threeTenants(root).run(("log " + options).split(" "));
    assertThat(ran.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(ran.err()).contains(message);
  }
}
