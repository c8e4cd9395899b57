package io.bitbuilder.hypervisor.sync;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.internal.transport.sshd.OpenSshServerKeyDatabase;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RemoteSession;
import org.eclipse.jgit.transport.RemoteSession2;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.sshd.ServerKeyDatabase;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.eclipse.jgit.transport.sshd.SshdSessionFactoryBuilder;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/**
 * The ssh client of one operation: one key, no agent, no configuration, and only servers whose key
 * is known from {@code /etc/ssh/ssh_known_hosts} or the credential {@code bitbuilder.known_hosts}.
 */
final class Ssh extends SshSessionFactory implements AutoCloseable {
  private static final File NOWHERE = new File("/nonexistent");

  static {
    Ed25519.register();
  }

  private final SshdSessionFactory factory;
  private final Budget budget;

  /**
   * Prepares it.
   *
   * @param root the directory the host's files are under
   * @param key the private key of the source, in the format of ssh-keygen
   * @throws Credentials.Unusable when the key is not there or cannot be read
   */
  Ssh(Path root, Credentials credentials, String key, Budget budget) throws IOException {
    this.budget = budget;
    List<KeyPair> keys = key.isEmpty() ? List.of() : keys(credentials.read(key), key);
    List<Path> known = new ArrayList<>();
    known.add(root.resolve("etc/ssh/ssh_known_hosts"));
    credentials.file(Credentials.KNOWN_HOSTS).ifPresent(known::add);
    this.factory =
        new SshdSessionFactoryBuilder()
            .setHomeDirectory(NOWHERE)
            .setSshDirectory(NOWHERE)
            .setConfigStoreFactory((home, config, user) -> null)
            .setDefaultIdentities(_ -> List.of())
            .setDefaultKeysProvider(_ -> keys)
            .setPreferredAuthentications("publickey")
            .setServerKeyDatabase((home, directory) -> new KnownServers(known))
            .build(null);
  }

  @Override
  public RemoteSession getSession(
      URIish uri, @Nullable CredentialsProvider provider, FS fs, int timeoutMillis)
      throws TransportException {
    return new Session((RemoteSession2) factory.getSession(uri, null, fs, timeoutMillis), budget);
  }

  @Override
  public String getType() {
    return factory.getType();
  }

  @Override
  public void close() {
    factory.close();
  }

  private static List<KeyPair> keys(byte[] text, String name) throws IOException {
    try {
      Iterable<KeyPair> keys =
          SecurityUtils.loadKeyPairIdentities(
              null, NamedResource.ofName(name), new ByteArrayInputStream(text), null);
      List<KeyPair> list = new ArrayList<>();
      if (keys != null) {
        keys.forEach(list::add);
      }
      if (!list.isEmpty()) {
        return list;
      }
    } catch (GeneralSecurityException | IOException | RuntimeException _) {
      // The reason may quote the key.
    }
    throw new Credentials.Unusable(
        "credential `" + name + "` is not a private key without a passphrase");
  }

  /** Accepts a server by its known key, and never learns one. */
  private static final class KnownServers implements ServerKeyDatabase {
    private final OpenSshServerKeyDatabase database;

    KnownServers(List<Path> files) {
      this.database = new OpenSshServerKeyDatabase(false, files);
    }

    @Override
    public List<PublicKey> lookup(
        String connectAddress, InetSocketAddress remoteAddress, Configuration config) {
      return database.lookup(connectAddress, remoteAddress, new Strict(config.getUsername()));
    }

    @Override
    public boolean accept(
        String connectAddress,
        InetSocketAddress remoteAddress,
        PublicKey serverKey,
        Configuration config,
        @Nullable CredentialsProvider provider) {
      return database.accept(
          connectAddress, remoteAddress, serverKey, new Strict(config.getUsername()), null);
    }
  }

  private record Strict(String username) implements ServerKeyDatabase.Configuration {
    @Override
    public List<String> getUserKnownHostsFiles() {
      return List.of();
    }

    @Override
    public List<String> getGlobalKnownHostsFiles() {
      return List.of();
    }

    @Override
    public StrictHostKeyChecking getStrictHostKeyChecking() {
      return StrictHostKeyChecking.REQUIRE_MATCH;
    }

    @Override
    public boolean getHashKnownHosts() {
      return false;
    }

    @Override
    public String getUsername() {
      return username;
    }
  }

  private record Session(RemoteSession2 session, Budget budget) implements RemoteSession2 {
    @Override
    public Process exec(String command, int timeout) throws IOException {
      return new Metered(session.exec(command, timeout), budget);
    }

    @Override
    public Process exec(String command, Map<String, String> environment, int timeout)
        throws IOException {
      return new Metered(session.exec(command, environment, timeout), budget);
    }

    @Override
    public void disconnect() {
      session.disconnect();
    }
  }

  /** The command at the other end, with what it says counted. */
  private static final class Metered extends Process {
    private final Process process;
    private final Budget budget;

    Metered(Process process, Budget budget) {
      this.process = process;
      this.budget = budget;
    }

    @Override
    public OutputStream getOutputStream() {
      return process.getOutputStream();
    }

    @Override
    public InputStream getInputStream() {
      return budget.meter(process.getInputStream());
    }

    @Override
    public InputStream getErrorStream() {
      return budget.meter(process.getErrorStream());
    }

    @Override
    public int waitFor() throws InterruptedException {
      return process.waitFor();
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
      return process.waitFor(timeout, unit);
    }

    @Override
    public int exitValue() {
      return process.exitValue();
    }

    @Override
    public void destroy() {
      process.destroy();
    }
  }
}
