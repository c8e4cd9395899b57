package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.model.CommitId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A bare repository a tenant pushes to, made with git itself. */
public final class Upstream {
  private final Path bare;
  private int number;

  /** Makes an empty one, branch main. */
  public Upstream(Path bare) throws IOException {
    this.bare = bare;
    Files.createDirectories(bare);
    git("init", "-q", "--bare", "-b", "main");
  }

  Path path() {
    return bare;
  }

  public String url() {
    return "file://" + bare;
  }

  /** Commits exactly these files on top of the branch and moves it there. */
  public CommitId commit(String branch, Map<String, String> files) throws IOException {
    String parent = exists(branch) ? git("rev-parse", branch) : "";
    return write(branch, parent, tree(files), "change " + ++number);
  }

  /** The same with one file, whose content is new each time. */
  public CommitId commit() throws IOException {
    return commit("main", Map.of("metadata.json", "{\"change\": " + ++number + "}\n"));
  }

  /** Moves a branch to a commit without an ancestor. */
  public CommitId rewrite() throws IOException {
    return write("main", "", tree(Map.of("other", "history " + ++number)), "rewritten");
  }

  /** Moves a branch to any commit. */
  public void move(String branch, CommitId commit) throws IOException {
    git("update-ref", "refs/heads/" + branch, commit.value());
  }

  /** Makes a commit of a tree, with a parent unless that is empty, and moves the branch there. */
  CommitId write(String branch, String parent, String tree, String message) throws IOException {
    List<String> command = new ArrayList<>(List.of("commit-tree", tree, "-m", message));
    if (!parent.isEmpty()) {
      command.addAll(List.of("-p", parent));
    }
    CommitId commit = new CommitId(git(command.toArray(String[]::new)));
    move(branch, commit);
    return commit;
  }

  /** Makes a tree of files; names may hold slashes. */
  String tree(Map<String, String> files) throws IOException {
    Path index = bare.resolve("index.tmp");
    Files.deleteIfExists(index);
    for (Map.Entry<String, String> file : files.entrySet()) {
      String blob = blob(file.getValue().getBytes(StandardCharsets.UTF_8));
      git("update-index", "--add", "--cacheinfo", "100644," + blob + "," + file.getKey());
    }
    return git("write-tree");
  }

  String blob(byte[] content) throws IOException {
    return run(content, "git", "hash-object", "-w", "--stdin");
  }

  /** Spoils a loose object. */
  void damage(String id) throws IOException {
    Path object = bare.resolve("objects").resolve(id.substring(0, 2)).resolve(id.substring(2));
    Files.delete(object);
    Files.write(object, new byte[] {1, 2, 3});
  }

  /** An object of any content. */
  String object(String type, byte[] content) throws IOException {
    return run(content, "git", "hash-object", "-t", type, "--literally", "-w", "--stdin");
  }

  /** A tree from lines of {@code git mktree}. */
  String mktree(String lines) throws IOException {
    return run(lines.getBytes(StandardCharsets.UTF_8), "git", "mktree", "--missing");
  }

  public String git(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    return run(new byte[0], command.toArray(String[]::new));
  }

  private boolean exists(String branch) {
    return Files.exists(bare.resolve("refs/heads").resolve(branch));
  }

  private String run(byte[] input, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(bare.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    builder.environment().put("GIT_DIR", bare.toString());
    builder.environment().put("GIT_INDEX_FILE", bare.resolve("index.tmp").toString());
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    for (String who : List.of("AUTHOR", "COMMITTER")) {
      builder.environment().put("GIT_" + who + "_NAME", "Zoë Tester");
      builder.environment().put("GIT_" + who + "_EMAIL", "zoe@example.com");
      builder.environment().put("GIT_" + who + "_DATE", "2026-01-01T00:00:" + (number % 60) + "Z");
    }
    Process process = builder.start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (InputStream stdout = process.getInputStream();
        InputStream stderr = process.getErrorStream()) {
      stdout.transferTo(out);
      String errors = new String(stderr.readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + errors);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return out.toString(StandardCharsets.UTF_8).strip();
  }
}
