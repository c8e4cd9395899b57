package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The test bed's own Git servers do what the scenarios rely on. */
@Tag("scenario")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GitServerScenarioTest {
  private Host host;

  @BeforeAll
  void boot() {
    host = Host.boot("git");
  }

  @AfterAll
  void close() {
    host.close();
  }

  @Test
  void pushesAppendForcePushesReplaceAndAStoppedServerIsUnreachable() {
    GitServer git = GitServer.files(host);
    git.push("acme", "first", Map.of("metadata.json", "{}", "a/b.txt", "b"));
    String tip = git.push("acme", "second", Map.of("metadata.json", "{}"));
    assertThat(host.succeeds("git", "ls-remote", git.url("acme"), "refs/heads/main"))
        .startsWith(tip);
    assertThat(host.sh("git -C /srv/git/acme.git rev-list --count main")).isEqualTo("2");
    assertThat(host.sh("git -C /srv/git/acme.git ls-tree -r --name-only main"))
        .isEqualTo("metadata.json");
    git.forcePush("acme", "again", Map.of("metadata.json", "{}"));
    assertThat(host.sh("git -C /srv/git/acme.git rev-list --count main")).isEqualTo("1");
    git.stop();
    host.fails("git", "ls-remote", git.url("acme"));
    git.start();
    host.succeeds("git", "ls-remote", git.url("acme"));
  }

  @Test
  void seedsManyRepositoriesWithTheirFiles() {
    GitServer git = GitServer.files(host);
    git.seed(
        Map.of(
            "one", Map.of("metadata.json", "{\"ü\": 1}\n", "containers/web/config.yaml", "a: b\n"),
            "two", Map.of("metadata.json", "")));
    assertThat(host.sh("git -C /srv/git/one.git show main:metadata.json")).isEqualTo("{\"ü\": 1}");
    assertThat(host.sh("git -C /srv/git/one.git ls-tree -r --name-only main"))
        .isEqualTo("containers/web/config.yaml\nmetadata.json");
    assertThat(host.sh("git -C /srv/git/two.git ls-tree -r --name-only main"))
        .isEqualTo("metadata.json");
  }

  @Test
  void sshServesWhoHoldsTheDeployKeyAndNoShell() {
    GitServer git = GitServer.ssh(host);
    git.push("keyed", "first", Map.of("metadata.json", "{}"));
    host.fails("git", "ls-remote", git.url("keyed"));
    git.admit(host, "key");
    String ssh = "ssh -o BatchMode=yes -i /etc/credstore/bitbuilder.key";
    assertThat(host.sh("GIT_SSH_COMMAND=$1 git ls-remote $2 HEAD", ssh, git.url("keyed")))
        .contains("HEAD");
    assertThat(host.fails("sh", "-c", ssh + " git@" + GitServer.NAME + " id")).contains("fatal");
    git.stop();
    host.fails("env", "GIT_SSH_COMMAND=" + ssh, "git", "ls-remote", git.url("keyed"));
  }

  @Test
  void httpsServesWhoHoldsTheTokenAndTrustsTheCertificate() {
    GitServer git = GitServer.https(host);
    git.push("tokened", "first", Map.of("metadata.json", "{}"));
    git.admit(host, "token");
    host.fails("env", "GIT_TERMINAL_PROMPT=0", "git", "ls-remote", git.url("tokened"));
    String line =
        "git -c \"credential.helper=!f() { IFS=: read -r u p </etc/credstore/bitbuilder.token;"
            + " echo username=\\$u; echo password=\\$p; }; f\" ls-remote \"$1\" HEAD";
    assertThat(host.sh(line, git.url("tokened"))).contains("HEAD");
    git.stop();
    assertThat(host.shell(line, git.url("tokened")).exit()).isNotZero();
  }
}
