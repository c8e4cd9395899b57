package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("scenario")
final class GitServerScenarioTest {
  @Test
  void pushesAppendForcePushesReplaceAndAStoppedServerIsUnreachable() {
    try (Host host = Host.boot("git")) {
      GitServer git = new GitServer(host);
      git.push("acme", "first", Map.of("metadata.json", "{}", "a/b.txt", "b"));
      String tip = git.push("acme", "second", Map.of("metadata.json", "{}"));
      assertThat(host.succeeds("git", "ls-remote", git.url("acme"), "refs/heads/main"))
          .startsWith(tip);
      String count = "git -C /srv/git/acme.git rev-list --count main";
      assertThat(host.succeeds("sh", "-c", count)).isEqualTo("2\n");
      assertThat(
              host.succeeds(
                  "git", "-C", "/srv/git/acme.git", "ls-tree", "-r", "--name-only", "main"))
          .isEqualTo("metadata.json\n");
      git.forcePush("acme", "again", Map.of("metadata.json", "{}"));
      assertThat(host.succeeds("sh", "-c", count)).isEqualTo("1\n");
      git.stop();
      host.fails("git", "ls-remote", git.url("acme"));
      git.start();
      host.succeeds("git", "ls-remote", git.url("acme"));
    }
  }
}
