package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.document.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VoaVerbTest {
  private static final Path CERTIFICATES = Path.of("src/test/resources/voa");
  private static final String PGP = "39cbc7d73fffff1944d6ccf12b9612d49715d33f.openpgp";
  private static final String KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINBbn2+4MUgjanjY4SD740vxjsXoaAiF5zueK4smi2yY ann\n";
  private static final String SSH =
      "a42d4897a40f76b4462a4584a5eecd894b83fb9846d4d3985a76bcaeed8afeef.pub";

  @TempDir Path root;
  private Prepared prepared;

  @BeforeEach
  void prepare() throws IOException {
    prepared = new Prepared(root);
  }

  private Prepared.Ran run(String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of("voa"));
    line.addAll(List.of(words));
    return prepared.run(line.toArray(String[]::new));
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(root.resolve(name), text).toString();
  }

  private void copy(String resource, String to) throws IOException {
    Path path = root.resolve(to);
    Files.createDirectories(path.getParent());
    Files.copy(CERTIFICATES.resolve(resource), path);
  }

  @Test
  void importsACertificate() throws IOException {
    String file = CERTIFICATES.resolve("clean.asc").toString();
    Prepared.Ran ran = run("import", file, "--purpose=image");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.status()).isZero();
    assertThat(ran.out()).isEqualTo("/etc/voa/bitbuilder/image/default/openpgp/" + PGP + "\n");
    Path directory = root.resolve("etc/voa/bitbuilder/image/default/openpgp");
    Path path = directory.resolve(PGP);
    assertThat(path).hasSameTextualContentAs(CERTIFICATES.resolve("clean.asc"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-r--r--");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwxr-xr-x");
    assertThat(directory).isDirectoryContaining(one -> one.equals(path));
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(1);
    }
    assertThat(run("import", file, "--purpose=image").out()).contains(PGP + " (was there)");
  }

  @Test
  void importsAKeyOfATenantUntilTheNextBoot() throws IOException {
    Prepared.Ran ran =
        run(
            "import",
            file("ann.pub", "# ann\n" + KEY),
            "--purpose=git-commit",
            "--context=acme",
            "--runtime",
            "--json");
    assertThat(ran.err()).isEmpty();
    Path path = root.resolve("run/voa/bitbuilder/git-commit/acme/ssh/" + SSH);
    assertThat(path).hasContent(KEY.strip());
    assertThat(ran.out()).contains("/run/voa/bitbuilder/git-commit/acme/ssh/" + SSH, "true");
  }

  @Test
  void doesNotReplaceWhatIsThere() throws IOException {
    copy("revoked.asc", "etc/voa/bitbuilder/image/default/openpgp/" + PGP);
    Prepared.Ran ran =
        run("import", CERTIFICATES.resolve("clean.asc").toString(), "--purpose=image");
    assertThat(ran.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(ran.err()).contains("there is something else at /etc/voa/", "help: ");
    assertThat(root.resolve("etc/voa/bitbuilder/image/default/openpgp/" + PGP))
        .hasSameTextualContentAs(CERTIFICATES.resolve("revoked.asc"));
  }

  @Test
  void saysThatWhatWasImportedIsMasked() throws IOException {
    String file = CERTIFICATES.resolve("clean.asc").toString();
    assertThat(run("mask", PGP, "--purpose=image", "--runtime").out())
        .isEqualTo("/run/voa/bitbuilder/image/default/openpgp/" + PGP + "\n");
    Path mask = root.resolve("run/voa/bitbuilder/image/default/openpgp").resolve(PGP);
    assertThat(Files.readSymbolicLink(mask)).isEqualTo(Path.of("/dev/null"));
    Prepared.Ran ran = run("import", file, "--purpose=image");
    assertThat(ran.status()).isZero();
    assertThat(ran.out()).contains("it does not count: masked by /run/voa/");
    assertThat(run("import", file, "--purpose=image", "--runtime").err())
        .contains("it is masked by /run/voa/");
    assertThat(run("mask", PGP, "--purpose=image", "--runtime").out()).contains("(was there)");
    assertThat(run("mask", PGP, "--purpose=image").err()).contains("there is something else at");
  }

  @Test
  void importGoesThroughNoLink() throws IOException {
    Files.createDirectories(root.resolve("etc/voa"));
    Files.createDirectories(root.resolve("srv"));
    Files.createSymbolicLink(root.resolve("etc/voa/bitbuilder"), root.resolve("srv"));
    Prepared.Ran ran = run("import", file("ann.pub", KEY), "--purpose=image");
    assertThat(ran.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(ran.err()).contains("/etc/voa/bitbuilder is no directory");
    assertThat(root.resolve("srv")).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "import FILE | --purpose is missing",
        "import --purpose=image | it takes one file",
        "import FILE FILE --purpose=image | it takes one file",
        "import FILE --purpose=image --os=a --os=b | a verifier is of one os",
        "import FILE --purpose=Image | --purpose cannot be `Image`",
        "import FILE --purpose=image --context=.. | --context cannot be `..`",
        "import FILE --purpose=image --technology=openpgp | is of ssh",
        "import FILE --purpose=image --explain | --explain is not for `bitbuilder voa import`",
        "import nowhere --purpose=image | nowhere does not exist",
        "import / --purpose=image | / is no regular file",
        "list --runtime | --runtime is not for `bitbuilder voa list`",
        "list image | unexpected argument `image`",
        "list --os=arch:::: | --os cannot be `arch::::`",
        "list --technology=a/b | --technology cannot be `a/b`",
        "mask --purpose=image | it takes one name or more",
        "mask x.pub --purpose=image | cannot mask `x.pub`: the name must be",
        "mask x --technology=none --purpose=image | the technology is not known",
        "sign | COMMAND cannot be `sign`"
      })
  void refuses(String line, String message) throws IOException {
    String file = file("ann.pub", KEY);
    Prepared.Ran ran = run(line.replace("FILE", file).split(" ", -1));
    assertThat(ran.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(ran.err()).contains(message);
    assertThat(ran.out()).isEmpty();
    assertThat(root.resolve("etc/voa")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "-----BEGIN OPENSSH PRIVATE KEY-----, has a private key",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----, has a private key",
    "-----BEGIN PGP SIGNATURE-----, is no armored OpenPGP certificate",
    "hello, is no public key of OpenSSH"
  })
  void refusesToImport(String text, String message) throws IOException {
    Prepared.Ran ran = run("import", file("file", text), "--purpose=image");
    assertThat(ran.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(ran.err()).contains("/file " + message);
    assertThat(Files.exists(root.resolve("etc/voa"), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void listsNothing() throws IOException {
    assertThat(run("list").out()).isEqualTo("no certificate or key counts\n");
    assertThat(Json.parse(run("list", "--json").out()))
        .isEqualTo(Map.of("verifiers", List.of(), "warnings", List.of()));
  }

  @Test
  void listsSeveralOs() throws IOException {
    copy("clean.asc", "usr/share/voa/arch:::x/package/core/openpgp/" + PGP);
    copy("clean.asc", "usr/share/voa/arch/package/core/openpgp/" + PGP);
    Prepared.Ran ran = run("list", "--os", "arch:::x", "--os=arch");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out().lines())
        .containsExactly(
            "OS        PURPOSE  CONTEXT  TECHNOLOGY  COPIES  FILE",
            "arch:::x  package  core     openpgp     2      "
                + " /usr/share/voa/arch:::x/package/core/openpgp/"
                + PGP);
    assertThat(run("list").out()).isEqualTo("no certificate or key counts\n");
  }

  @Test
  void listOfTheUserIsAnother() throws IOException {
    copy("clean.asc", "etc/voa/bitbuilder/image/default/openpgp/" + PGP);
    assertThat(run("list", "--user").out()).isEqualTo("no certificate or key counts\n");
    assertThat(run("list").out()).contains(PGP);
  }

  @Test
  void escapesWhatItWarnsOf() throws IOException {
    Files.createDirectories(root.resolve("etc/voa/bitbuilder/Im\u001b[31mage\nerror"));
    assertThat(run("list").out())
        .contains("warning  /etc/voa/bitbuilder/Im\\u{1b}[31mage\\nerror: the name is no purpose");
  }
}
