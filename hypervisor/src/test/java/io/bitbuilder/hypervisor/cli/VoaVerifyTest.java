package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures of the real gpg and ssh-keygen. */
class VoaVerifyTest {
  @TempDir Path root;
  @TempDir Path home;
  private Prepared prepared;
  private Path file;

  @BeforeEach
  void prepare() throws IOException {
    prepared = new Prepared(root);
    file = Files.writeString(root.resolve("x.raw"), "an image\n");
  }

  private void tool(String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("GNUPGHOME", home.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.onExit().join().exitValue()).as(said).isZero();
  }

  private Prepared.Ran voa(String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of("voa"));
    line.addAll(List.of(words));
    return prepared.run(line.toArray(String[]::new));
  }

  private Prepared.Ran verify(Path signature, String... options) throws IOException {
    List<String> line = new ArrayList<>(List.of("verify", file.toString()));
    line.add("--signature=" + signature);
    line.addAll(List.of(options));
    return voa(line.toArray(String[]::new));
  }

  @Test
  void openPgp() throws IOException {
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
    String[] gpg = {
      "gpg",
      "--batch",
      "--quiet",
      "--faked-system-time=20250101T000000",
      "--pinentry-mode=loopback",
      "--passphrase="
    };
    tool(with(gpg, "--quick-generate-key", "rel@example.org", "ed25519", "sign", "never"));
    Path key = root.resolve("key.asc");
    Path signature = root.resolve("x.raw.asc");
    tool(with(gpg, "--armor", "--output", key.toString(), "--export"));
    tool(with(gpg, "--armor", "--detach-sign", "--output", signature.toString(), file.toString()));
    Prepared.Ran ran = verify(signature, "--purpose=image");
    assertThat(ran.status()).isEqualTo(ExitStatus.UNVERIFIED);
    assertThat(ran.err()).contains("no key counts for this purpose and context");
    assertThat(voa("import", key.toString(), "--purpose=image").status()).isZero();
    ran = verify(signature, "--purpose=image");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).matches("signed by [0-9A-F]{40}, on .*\n");
    assertThat(verify(signature, "--purpose=image", "--technology=ssh").status())
        .isEqualTo(ExitStatus.UNVERIFIED);
    assertThat(verify(signature, "--purpose=extension").status()).isEqualTo(ExitStatus.UNVERIFIED);
    ran = verify(signature, "--purpose=image", "--json");
    assertThat(ran.out()).contains("\"valid\": true", "\"created\": \"20");
    Files.writeString(file, "another image\n");
    ran = verify(signature, "--purpose=image");
    assertThat(ran.status()).isEqualTo(ExitStatus.UNVERIFIED);
    assertThat(ran.err()).contains("not signed by one of 1 keys");
    ran = verify(signature, "--purpose=image", "--json");
    assertThat(ran.status()).isEqualTo(ExitStatus.UNVERIFIED);
    assertThat(ran.out()).contains("\"valid\": false", "\"reason\": \"bad_signature\"");
  }

  private static String[] with(String[] command, String... more) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void sshInItsNamespaceOnly() throws IOException {
    Path key = root.resolve("key");
    tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
    assertThat(voa("import", key + ".pub", "--purpose=image").status()).isZero();
    Path signature = root.resolve("x.raw.sig");
    tool(
        "ssh-keygen",
        "-q",
        "-Y",
        "sign",
        "-n",
        "image/default",
        "-f",
        key.toString(),
        file.toString());
    Prepared.Ran ran = verify(signature, "--purpose=image");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).startsWith("signed by SHA256:");
    ran = verify(signature, "--purpose=image", "--namespace=file");
    assertThat(ran.status()).isEqualTo(ExitStatus.UNVERIFIED);
    assertThat(ran.err()).contains("SSH signature is not made for `file`");
  }

  @Test
  void whatIsMissingIsSaid() throws IOException {
    assertThat(verify(file).err()).contains("--purpose is missing");
    assertThat(voa("verify", file.toString(), "--purpose=image").err())
        .contains("--signature is missing");
    assertThat(voa("verify", "--purpose=image", "--signature=x").err()).contains("one file");
    assertThat(verify(root.resolve("no"), "--purpose=image").err()).contains("is not a file");
    assertThat(voa("list", "--signature=x").status()).isEqualTo(ExitStatus.USAGE);
    Files.write(root.resolve("big"), new byte[1 << 17]);
    assertThat(verify(root.resolve("big"), "--purpose=image").status())
        .isEqualTo(ExitStatus.UNVERIFIED);
    assertThat(verify(root.resolve("big"), "--purpose=image", "--json").out())
        .contains("larger than");
  }
}
