package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.host.HostCipher;
import io.bitbuilder.hypervisor.host.ProcessLock;
import io.bitbuilder.hypervisor.secret.HostKey;
import io.bitbuilder.hypervisor.secret.Sealing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * The key pair others seal secrets for this host with, in /var/lib/bitbuilder/secrets. The private
 * key is on disk only as a credential that this host alone can decrypt.
 */
public final class HostSecret {
  /** What the private key is called as a credential. */
  private static final String NAME = "bitbuilder.host-key";

  private final Path directory;
  private final HostCipher cipher;

  /**
   * That of a host.
   *
   * @param root the directory the host's files are under
   */
  public HostSecret(Path root, HostCipher cipher) {
    this.directory = root.resolve("var/lib/bitbuilder/secrets");
    this.cipher = cipher;
  }

  /** The public key, which all may read; empty when there is none yet. */
  public Optional<HostKey> publicKey() throws IOException {
    try {
      String text = Files.readString(directory.resolve("host.pub"), StandardCharsets.US_ASCII);
      return Optional.of(
          HostKey.parse(text.strip())
              .orElseThrow(
                  () -> new IOException(directory.resolve("host.pub") + " holds no public key")));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /**
   * The public key, made with its private one when there is none.
   *
   * @throws IOException when this host cannot encrypt or decrypt it, or we may not
   */
  public HostKey ensure() throws IOException {
    Optional<HostKey> known = publicKey();
    if (known.isPresent()) {
      return known.get();
    }
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    try (ProcessLock _ = ProcessLock.take(directory.resolve("lock"))) {
      byte[] key = Files.exists(directory.resolve("host.cred")) ? privateKey() : generate();
      try {
        HostKey made = Sealing.publicKey(key);
        write("host.pub", (made + "\n").getBytes(StandardCharsets.US_ASCII), "rw-r--r--");
        return made;
      } finally {
        Arrays.fill(key, (byte) 0);
      }
    } catch (ProcessLock.Held e) {
      throw new IOException("the key is being made by process " + e.process(), e);
    }
  }

  private byte[] generate() throws IOException {
    byte[] key = Sealing.generate();
    write("host.cred", cipher.encrypt(NAME, key, HostCipher.Key.BEST), "rw-------");
    return key;
  }

  /**
   * The private key; whoever gets it zeroes it.
   *
   * @throws NoSuchFileException when there is none
   * @throws HostCipher.Closed when it was another host's
   */
  byte[] privateKey() throws IOException {
    return cipher.decrypt(NAME, Files.readAllBytes(directory.resolve("host.cred")));
  }

  private void write(String name, byte[] bytes, String mode) throws IOException {
    replace(directory.resolve(name), bytes, mode);
    try (FileChannel channel = FileChannel.open(directory)) {
      channel.force(true);
    }
  }

  /** Replaces a file whole: written beside, made durable, renamed over. */
  static void replace(Path file, byte[] bytes, String mode) throws IOException {
    Path unfinished = file.resolveSibling(".new-" + file.getFileName());
    Files.deleteIfExists(unfinished);
    FileAttribute<?> permissions =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            permissions)) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
    // The mask of whoever runs us took rights away.
    Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString(mode));
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
