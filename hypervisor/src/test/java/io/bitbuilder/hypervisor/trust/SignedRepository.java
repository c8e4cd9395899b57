package io.bitbuilder.hypervisor.trust;

import io.bitbuilder.hypervisor.model.CommitId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A repository people sign in, made with git and ssh-keygen themselves. */
final class SignedRepository implements History {
  private static final String EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

  private final Path home;
  private final Map<String, String> keys = new HashMap<>();
  private int number;

  SignedRepository(Path home) throws IOException {
    this.home = home;
    run(Map.of(), "git", "init", "-q", "--bare", "repository.git");
    git(Map.of(), "hash-object", "-w", "-t", "tree", "/dev/null");
  }

  /** The line of somebody's public key, made when it is asked for first. */
  String key(String name) throws IOException {
    String known = keys.get(name);
    if (known == null) {
      run(Map.of(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name);
      known = Files.readString(home.resolve(name + ".pub")).strip();
      keys.put(name, known);
    }
    return known;
  }

  /**
   * A commit.
   *
   * @param signer whose key signs it; empty for nobody's
   * @param day when, in 2026
   */
  CommitId commit(String signer, String day, String message, CommitId... parents)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("commit-tree", EMPTY_TREE));
    command.addAll(List.of("-m", message.isEmpty() ? "change " + ++number : message));
    for (CommitId parent : parents) {
      command.addAll(List.of("-p", parent.value()));
    }
    if (!signer.isEmpty()) {
      key(signer);
      command.add("-S" + home.resolve(signer + ".pub"));
    }
    String date = "2026-" + day + "T12:00:00Z";
    return new CommitId(
        git(
            Map.of("GIT_AUTHOR_DATE", date, "GIT_COMMITTER_DATE", date),
            command.toArray(String[]::new)));
  }

  @Override
  public byte[] raw(CommitId commit) throws IOException {
    return bytes(Map.of(), "git", "--git-dir=repository.git", "cat-file", "commit", commit.value());
  }

  @Override
  public List<CommitId> since(CommitId tip, CommitId before, int limit) throws IOException {
    return git(Map.of(), "rev-list", "-n" + limit, tip.value(), "^" + before)
        .lines()
        .map(CommitId::new)
        .toList();
  }

  @Override
  public boolean descends(CommitId commit, CommitId ancestor) throws IOException {
    return git(Map.of(), "rev-list", commit.value()).lines().anyMatch(ancestor.value()::equals);
  }

  private String git(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("git", "--git-dir=repository.git"));
    command.addAll(List.of("-c", "gpg.format=ssh", "-c", "user.name=T", "-c", "user.email=t@t"));
    command.addAll(List.of(arguments));
    return run(environment, command.toArray(String[]::new));
  }

  private String run(Map<String, String> environment, String... command) throws IOException {
    return new String(bytes(environment, command), StandardCharsets.UTF_8).strip();
  }

  private byte[] bytes(Map<String, String> environment, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    builder.environment().putAll(environment);
    builder.environment().putAll(Map.of("GIT_CONFIG_NOSYSTEM", "1", "HOME", home.toString()));
    Process process = builder.start();
    try (InputStream out = process.getInputStream();
        InputStream errors = process.getErrorStream()) {
      process.getOutputStream().close();
      byte[] said = out.readAllBytes();
      String wrong = new String(errors.readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + wrong);
      }
      return said;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
