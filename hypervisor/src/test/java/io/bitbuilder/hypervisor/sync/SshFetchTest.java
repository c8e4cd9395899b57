package io.bitbuilder.hypervisor.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.CommitId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.shell.ProcessShellCommandFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Git over ssh; the scenarios do the same with OpenSSH and git-shell. */
final class SshFetchTest {
  private static final String SCOPE = "tenant-a";

  @TempDir Path root;
  private Path objects;
  private Upstream upstream;
  private SshServer server;
  private KeyPair host;
  private KeyPair deploy;

  @BeforeEach
  void setUp() throws Exception {
    Ed25519.register();
    objects = Files.createDirectories(root.resolve("objects"));
    Files.createDirectories(root.resolve("credentials"));
    upstream = new Upstream(root.resolve("srv/a.git"));
    host = key();
    deploy = key();
    server = SshServer.setUpDefaultServer();
    server.setHost("localhost");
    server.setPort(0);
    server.setKeyPairProvider(KeyPairProvider.wrap(host));
    server.setPublickeyAuthenticator((user, key, session) ->
        user.equals("git") && KeyUtils.compareKeys(key, deploy.getPublic()));
    server.setCommandFactory(ProcessShellCommandFactory.INSTANCE);
    server.start();
    credential("deploy", openssh(deploy));
  }

  @AfterEach
  void tearDown() throws IOException {
    server.stop(true);
  }

  @Test
  void aDeployKeyOpensARepositoryOfAKnownServer() throws Exception {
    credential("known_hosts", known(host.getPublic()));
    CommitId a = upstream.commit();

    assertThat(fetch("deploy")).isInstanceOf(Result.Moved.class);
    assertThat(fetch("deploy")).isEqualTo(new Result.Unchanged());

    assertThat(tip()).contains(a);
    CommitId b = upstream.commit();
    assertThat(fetch("deploy")).isInstanceOf(Result.Moved.class);
    assertThat(tip()).contains(b);
  }

  @Test
  void theHostsOwnListOfServersCounts() throws Exception {
    Files.createDirectories(root.resolve("etc/ssh"));
    Files.writeString(root.resolve("etc/ssh/ssh_known_hosts"), known(host.getPublic()));
    upstream.commit();
    assertThat(fetch("deploy")).isInstanceOf(Result.Moved.class);
  }

  @Test
  void anUnknownServerIsRefused() throws Exception {
    upstream.commit();
    assertThat(failed(fetch("deploy")).code()).isEqualTo(Code.BB501);
    assertThat(tip()).isEmpty();
    assertThat(Files.exists(root.resolve("etc/ssh/ssh_known_hosts"))).isFalse();
  }

  @Test
  void aServerWithAnotherKeyIsRefused() throws Exception {
    credential("known_hosts", known(key().getPublic()));
    upstream.commit();
    assertThat(failed(fetch("deploy")).code()).isEqualTo(Code.BB501);
    assertThat(Files.readString(root.resolve("credentials/bitbuilder.known_hosts")))
        .isNotEqualTo(known(host.getPublic()));
  }

  @Test
  void aKeyTheServerDoesNotKnowIsRefused() throws Exception {
    credential("known_hosts", known(host.getPublic()));
    credential("other", openssh(key()));
    upstream.commit();
    assertThat(failed(fetch("other")).code()).isEqualTo(Code.BB501);
  }

  @Test
  void aCredentialThatIsNoKeyIsNamedAndNotShown() throws Exception {
    credential("other", "hunter2");
    Result.Failed failed = failed(fetch("other"));
    assertThat(failed.code()).isEqualTo(Code.BB507);
    assertThat(failed.toString()).contains("`other`").doesNotContain("hunter2");
  }

  private Result fetch(String credential) throws Exception {
    String url = "ssh://git@localhost:" + server.getPort() + upstream.path();
    Source source = Source.of(SCOPE, url, "main", credential, "", new Report()).orElseThrow();
    Credentials credentials = new Credentials(Optional.of(root.resolve("credentials")));
    Fetcher fetcher = new Fetcher(root, objects, credentials, Limits.DEFAULT, new Web(root));
    return fetcher.fetch(source, new Fetcher.Known(tip(), tip()), "");
  }

  private Optional<CommitId> tip() throws IOException {
    return ObjectStore.tip(objects, SCOPE);
  }

  private void credential(String name, String content) throws IOException {
    Files.writeString(root.resolve("credentials/bitbuilder." + name), content);
  }

  private String known(PublicKey key) throws IOException {
    StringWriter text = new StringWriter();
    text.append("[localhost]:" + server.getPort() + " ");
    PublicKeyEntry.appendPublicKeyEntry(text, key);
    return text + "\n";
  }

  private static KeyPair key() throws GeneralSecurityException {
    return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  }

  /** As ssh-keygen writes it. */
  private static String openssh(KeyPair key) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "deploy key", null, out);
    return out.toString(StandardCharsets.US_ASCII);
  }

  private static Result.Failed failed(Result result) {
    assertThat(result).isInstanceOf(Result.Failed.class);
    return (Result.Failed) result;
  }
}
