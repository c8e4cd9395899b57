package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repositories on another machine: sshd with a deploy key, a web server with TLS and a token. */
@Tag("scenario")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SourcesScenarioTest {
  private Host server;

  @BeforeAll
  void boot() {
    server = Host.boot("server");
  }

  @AfterAll
  void close() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh", "https"})
  void tenantsOfAnotherMachineRunAndAreOnlyGivenToWhoMayRead(String how) {
    Function<Host, GitServer> serve = how.equals("ssh") ? GitServer::ssh : GitServer::https;
    GitServer git = serve.apply(server);
    git.waitUntilAnswering();
    try (Host host = Host.boot("from-" + how, Host.Option.PACKAGE)) {
      Site site = Site.install(host, git, "git");
      site.push("acme", "first", Tree.tenant("acme").idle("web"));
      site.register("acme").publish();

      // Neither credential nor trust yet.
      assertThat(site.sync().exit()).isEqualTo(75);
      git.admit(host, "git");
      site.sync(0);
      assertThat(site.container("acme", "web").at("state").text()).isEqualTo("active");
      assertThat(host.sh("grep -r testbed- /var/lib/bitbuilder || :")).isEmpty();

      String commit = site.push("acme", "second", Tree.tenant("acme").idle("web", "api"));
      site.sync(0);
      assertThat(site.tenant("acme").at("generation", "commit").text()).isEqualTo(commit);

      // A stranger in the server's place is not believed.
      if (how.equals("ssh")) {
        host.sh("sed -i 's/AAAA/AAAB/' /etc/ssh/ssh_known_hosts");
      } else {
        host.sh(
            "rm /usr/local/share/ca-certificates/testbed.crt; update-ca-certificates --fresh >/dev/null");
      }
      site.push("acme", "unseen", Tree.tenant("acme").idle("web"));
      assertThat(site.sync().exit()).isEqualTo(75);
      assertThat(site.container("acme", "api").at("state").text()).isEqualTo("active");
      server.sh("rm -rf /srv/git/*");
    }
  }

  @Test
  void repositoriesInADirectoryAreTenants() {
    try (Host host = Host.boot("directory", Host.Option.PACKAGE)) {
      GitServer git = GitServer.files(host);
      Site site = Site.install(host, git, "");
      site.config(Site.defaultConfig() + "discovery: {directories: [\"file:///srv/git\"]}\n")
          .publish();
      site.push("tenant-red", "first", Tree.tenant("tenant-red").idle("web"));
      site.push("unrelated", "first", Tree.tenant("unrelated").idle("web"));
      site.sync(0);
      assertThat(site.invocations()).containsOnlyKeys(Site.unit("tenant-red", "web"));
      site.push("tenant-blue", "first", Tree.tenant("tenant-blue").idle("web"));
      site.sync(0);
      assertThat(site.invocations()).hasSize(2);

      // A directory that is gone freezes; one that is no longer named removes.
      host.sh("mv /srv/git/tenant-red.git /srv/tenant-red.git");
      site.sync();
      assertThat(site.invocations()).hasSize(2);
      host.sh("mv /srv/tenant-red.git /srv/git/tenant-red.git");
      site.push("acme", "first", Tree.tenant("acme").idle("web"));
      site.config(Site.defaultConfig()).register("acme").publish();
      site.sync(0);
      assertThat(site.invocations()).containsOnlyKeys(Site.unit("acme", "web"));
    }
  }
}
