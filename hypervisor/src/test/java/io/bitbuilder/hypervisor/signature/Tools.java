package io.bitbuilder.hypervisor.signature;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** The real git, gpg and ssh-keygen, in homes of their own. */
public final class Tools implements AutoCloseable {
  private final Path top;
  private final Path gnupg;
  private final Path signers;
  private final StringBuilder allowed = new StringBuilder();
  private int files;

  /** What a program said. */
  public record Outcome(int exit, String output) {}

  /** In an empty directory whose path is short: gpg has sockets in it. */
  public Tools(Path top) throws IOException {
    this.top = top;
    this.gnupg = Files.createDirectory(top.resolve("g"));
    this.signers = top.resolve("allowed_signers");
    Files.setPosixFilePermissions(gnupg, PosixFilePermissions.fromString("rwx------"));
    succeeds("git", "init", "-q", "--bare", repository().toString());
  }

  private Path repository() {
    return top.resolve("r.git");
  }

  /** Of all three, for people. */
  String versions() {
    String git = succeeds("git", "--version").strip().replaceFirst("version ", "");
    String gpg = succeeds("gpg", "--version").lines().findFirst().orElseThrow();
    String ssh = run("", "ssh", "-V").output().replaceFirst("(?s)[ ,].*", "");
    return git + ", " + gpg + " and " + ssh;
  }

  Outcome run(String input, String... command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(top.toFile());
    builder.redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", System.getenv("PATH"));
    builder.environment().put("HOME", top.toString());
    builder.environment().put("GNUPGHOME", gnupg.toString());
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    builder.environment().put("LC_ALL", "C");
    try {
      Process process = builder.start();
      process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return new Outcome(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  String succeeds(String... command) {
    Outcome outcome = run("", command);
    assertThat(outcome.exit()).as("%s: %s", List.of(command), outcome.output()).isZero();
    return outcome.output();
  }

  /** gpg, at a time of the form 20200131. */
  public Outcome gpg(String day, String input, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of("gpg", "--batch", "--yes", "--no-tty", "--quiet", "--pinentry-mode"));
    command.addAll(List.of("loopback", "--passphrase", "", "--no-auto-key-locate"));
    command.addAll(List.of("--faked-system-time", day + "T120000"));
    command.addAll(List.of(arguments));
    return run(input, command.toArray(String[]::new));
  }

  /** A new key, made on 1 January 2020; its name is how gpg finds it. */
  public void gpgKey(String name, String algorithm, String usage) {
    Outcome outcome =
        gpg("20200101", "", "--quick-gen-key", address(name), algorithm, usage, "never");
    assertThat(outcome.exit()).as(outcome.output()).isZero();
  }

  static String address(String name) {
    return name + " <" + name + "@example.org>";
  }

  String fingerprint(String name) {
    return gpg("20200101", "", "--with-colons", "--list-keys", address(name))
        .output()
        .lines()
        .filter(line -> line.startsWith("fpr:"))
        .map(line -> line.split(":", -1)[9])
        .findFirst()
        .orElseThrow();
  }

  /** A detached signature of content by the key of that name. */
  public byte[] gpgSign(String day, String name, byte[] content, String... options) {
    Path file = write(content);
    List<String> arguments = new ArrayList<>(List.of("-u", address(name), "--armor"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("--output", file + ".sig", "--detach-sign", file.toString()));
    Outcome outcome = gpg(day, "", arguments.toArray(String[]::new));
    assertThat(outcome.exit()).as(outcome.output()).isZero();
    return read(Path.of(file + ".sig"));
  }

  /**
   * Revokes with reason 0 to 3 as gpg's menu counts them: none, compromised, superseded, unused.
   */
  public void gpgRevoke(String day, String name, int reason) {
    List<String> command =
        List.of(
            "gpg",
            "--no-tty",
            "--quiet",
            "--pinentry-mode",
            "loopback",
            "--command-fd",
            "0",
            "--faked-system-time",
            day + "T120000",
            "--output",
            top.resolve(name + ".rev").toString(),
            "--gen-revoke",
            address(name));
    Outcome outcome = run("y\n" + reason + "\n\ny\n", command.toArray(String[]::new));
    assertThat(outcome.exit()).as(outcome.output()).isZero();
    assertThat(gpg(day, "", "--import", top.resolve(name + ".rev").toString()).exit()).isZero();
  }

  void gpgImport(byte[] certificate) {
    // Whether it takes it is part of the question.
    gpg("20260101", "", "--allow-non-selfsigned-uid", "--import", write(certificate).toString());
  }

  /** The certificate as it is now. */
  public OpenPgpCertificate export(String name) {
    Path file = top.resolve("export" + files++);
    Outcome outcome =
        gpg("20200101", "", "--armor", "--output", file.toString(), "--export", address(name));
    assertThat(outcome.exit()).as(outcome.output()).isZero();
    return accepted(OpenPgpCertificate.parse(read(file)));
  }

  static <T> T accepted(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Accepted<T>(T value) -> value;
      case Parsed.Refused<T>(Reason reason, String sentence) ->
          throw new AssertionError(reason + ": " + sentence);
    };
  }

  /** What gpg says of a detached signature: exit status and status lines. */
  String gpgVerdict(byte[] content, byte[] signature) {
    Outcome outcome =
        run(
            "",
            "gpg",
            "--batch",
            "--no-tty",
            "--no-auto-key-locate",
            "--status-fd",
            "1",
            "--verify",
            write(signature).toString(),
            write(content).toString());
    if (outcome.exit() != 0 || !outcome.output().contains("[GNUPG:] VALIDSIG ")) {
      return "refused";
    }
    return outcome.output().contains("[GNUPG:] REVKEYSIG ")
        ? "good, key revoked"
        : outcome.output().contains("[GNUPG:] EXPKEYSIG ")
            ? "good, key expired"
            : outcome.output().contains("[GNUPG:] EXPSIG ") ? "good, expired" : "good";
  }

  /** An SSH key pair; its public half is allowed to sign for git. */
  public SshKey sshKey(String name, String... options) {
    List<String> command =
        new ArrayList<>(List.of("ssh-keygen", "-q", "-N", "", "-C", name, "-f", name));
    command.addAll(List.of(options));
    succeeds(command.toArray(String[]::new));
    String line = new String(read(top.resolve(name + ".pub")), StandardCharsets.UTF_8).strip();
    allow(line);
    return accepted(SshKey.parse(line));
  }

  void allow(String line) {
    allowed.append("me namespaces=\"git\" ").append(line).append('\n');
    try {
      Files.writeString(signers, allowed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A detached signature of content. */
  public byte[] sshSign(String name, String namespace, byte[] content, String... options) {
    Path file = write(content);
    List<String> command =
        new ArrayList<>(List.of("ssh-keygen", "-q", "-Y", "sign", "-f", name, "-n", namespace));
    command.addAll(List.of(options));
    command.add(file.toString());
    succeeds(command.toArray(String[]::new));
    return read(Path.of(file + ".sig"));
  }

  String sshVerdict(byte[] content, byte[] signature) {
    Path file = write(content);
    Outcome outcome =
        run(
            "",
            "sh",
            "-c",
            "exec ssh-keygen -Y verify -f \"$1\" -I me -n git -s \"$2\" <\"$3\"",
            "sh",
            signers.toString(),
            write(signature).toString(),
            file.toString());
    return outcome.exit() == 0 ? "good" : "refused";
  }

  /** What git says of a raw commit or tag. */
  String gitVerdict(String type, byte[] object) {
    String git = "--git-dir=" + repository();
    String id =
        succeeds(
                "git",
                git,
                "hash-object",
                "--literally",
                "-t",
                type,
                "-w",
                write(object).toString())
            .strip();
    Outcome outcome =
        run(
            "",
            "git",
            git,
            "-c",
            "gpg.ssh.allowedSignersFile=" + signers,
            "verify-" + type,
            "--raw",
            id);
    return outcome.exit() == 0 ? "good" : "refused";
  }

  Path write(byte[] bytes) {
    try {
      return Files.write(top.resolve("f" + files++), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Override
  public void close() {
    run("", "gpgconf", "--kill", "all");
  }
}
