package io.bitbuilder.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Bare repositories inside a host, reached by {@code file://}; every repository has branch main.
 */
public final class GitServer {
  private static final String COMMIT =
      """
      set -eu
      bare=/srv/git/$1.git work=/srv/work/$1
      [ -d "$bare" ] || git init -q --bare -b main "$bare"
      rm -rf "$work/.git"
      cd "$work"
      git init -q -b main
      git remote add origin "$bare"
      git fetch -q origin
      if [ "$2" = append ] && git rev-parse -q --verify origin/main >/dev/null; then
        git reset -q --soft origin/main
      fi
      git add -A
      git -c user.name=test -c user.email=test@example.com commit -q --allow-empty -m "$3"
      git push -q --force origin main
      git rev-parse HEAD\
      """;

  private final Host host;

  public GitServer(Host host) {
    this.host = host;
  }

  public String url(String repository) {
    return "file:///srv/git/" + repository + ".git";
  }

  /** Commits exactly these files (path to content) on top of main; gives the commit id. */
  public String push(String repository, String subject, Map<String, String> files) {
    return commit(repository, "append", subject, files);
  }

  /** Replaces the history of main by one commit with exactly these files. */
  public String forcePush(String repository, String subject, Map<String, String> files) {
    return commit(repository, "replace", subject, files);
  }

  /** Makes every repository unreachable. */
  public void stop() {
    host.succeeds("mv", "/srv/git", "/srv/git.stopped");
  }

  public void start() {
    host.succeeds("mv", "/srv/git.stopped", "/srv/git");
  }

  private String commit(String repository, String how, String subject, Map<String, String> files) {
    String work = "/srv/work/" + repository;
    host.succeeds("rm", "-rf", work);
    host.succeeds("mkdir", "-p", work, "/srv/git");
    try {
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path content = Files.createTempFile("testbed", ".file");
        Files.writeString(content, file.getValue());
        host.push(content, work + "/" + file.getKey());
        Files.delete(content);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return host.succeeds("sh", "-c", COMMIT, "sh", repository, how, subject).strip();
  }
}
