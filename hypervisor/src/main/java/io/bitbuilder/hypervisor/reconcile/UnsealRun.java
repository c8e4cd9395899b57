package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.compiler.SecretUnits;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.host.HostCipher;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.secret.Ciphertext;
import io.bitbuilder.hypervisor.secret.Sealing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the secrets of a tenant's current generation ready for its guests: files in
 * /run/credstore.encrypted that this host, and only it, decrypts when a guest starts. What was
 * sealed is in the clear in our memory and in a pipe, and nowhere else.
 */
public final class UnsealRun implements AutoCloseable {
  private static final String SUFFIX = ".cred";

  private final TenantId tenant;
  private final Path generations;
  private final Path store;
  private final Path list;
  private final HostSecret host;
  private final HostCipher cipher;
  private byte @Nullable [] privateKey;

  /**
   * Of one tenant.
   *
   * @param root the directory the host's files are under
   */
  public UnsealRun(Path root, TenantId tenant, HostCipher cipher) {
    this.tenant = tenant;
    this.generations =
        root.resolve("var/lib/bitbuilder/generations/current/tenants").resolve(tenant.value());
    this.store = root.resolve(SecretUnits.STORE.substring(1));
    this.list = root.resolve("run/bitbuilder/secrets").resolve(tenant.value());
    this.host = new HostSecret(root, cipher);
    this.cipher = cipher;
  }

  /**
   * Places what has changed, and removes what is no longer there. One that does not open is left
   * out, and with it the one before: the guest that needs it does not start.
   *
   * @param problems told of each that does not open, with the reason, escaped
   */
  public void start(Consumer<String> problems) throws IOException {
    SortedMap<String, String> before = listed();
    SortedMap<String, Path> files = files();
    SortedMap<String, String> placed = new TreeMap<>();
    Files.createDirectories(store);
    Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwx------"));
    // Listed before it is there, so that whatever ends us leaves nothing unlisted.
    SortedMap<String, String> all = new TreeMap<>(before);
    files.keySet().forEach(name -> all.putIfAbsent(name, "-"));
    write(all);
    for (String name : all.keySet()) {
      Path file = files.get(name);
      Optional<String> digest = Optional.empty();
      if (file != null) {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        digest = Optional.of(InputsDigest.sha256(text));
        if (digest.get().equals(before.get(name)) && Files.exists(placed(name))) {
          placed.put(name, digest.get());
          continue;
        }
        try {
          HostSecret.replace(placed(name), opened(name, text), "rw-------");
          placed.put(name, digest.get());
          continue;
        } catch (HostCipher.Closed e) {
          problems.accept(
              "tenant "
                  + tenant
                  + ": credentials/"
                  + name
                  + SUFFIX
                  + " does not open: "
                  + Quote.escape(String.valueOf(e.getMessage()), 300));
        }
      }
      Files.deleteIfExists(placed(name));
    }
    if (placed.isEmpty()) {
      Files.deleteIfExists(list);
    } else {
      write(placed);
    }
  }

  /** Removes all that was placed. */
  public void stop() throws IOException {
    for (String name : listed().keySet()) {
      Files.deleteIfExists(placed(name));
    }
    Files.deleteIfExists(list);
  }

  /** The ciphertext for this host and this name alone. */
  private byte[] opened(String name, String text) throws IOException {
    Ciphertext ciphertext =
        switch (Ciphertext.parse(text.getBytes(StandardCharsets.US_ASCII))) {
          case Ciphertext.Parsed.Read(Ciphertext read) -> read;
          case Ciphertext.Parsed.Refused(String reason) -> throw new HostCipher.Closed(reason);
        };
    return switch (ciphertext.form()) {
      case HOST -> {
        byte[] bytes = ciphertext.text().getBytes(StandardCharsets.US_ASCII);
        cipher.check(outside(name), bytes);
        yield bytes;
      }
      case SEALED -> unsealed(name, ciphertext);
    };
  }

  private byte[] unsealed(String name, Ciphertext ciphertext) throws IOException {
    byte[] key = privateKey();
    String id = Sealing.publicKey(key).id();
    byte[] sealed =
        ciphertext
            .part(id)
            .orElseThrow(
                () -> new HostCipher.Closed("it is not sealed for this host, whose key is " + id));
    byte[] secret =
        Sealing.open(key, tenant.value(), name, sealed)
            .orElseThrow(() ->
                new HostCipher.Closed(
                    "it was sealed for another tenant or name, or has been changed"));
    try {
      return cipher.encrypt(outside(name), secret, HostCipher.Key.FILE);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private byte[] privateKey() throws IOException {
    byte[] key = privateKey;
    if (key == null) {
      try {
        key = host.privateKey();
      } catch (NoSuchFileException _) {
        throw new HostCipher.Closed("this host has no key; `bitbuilder secret key` makes it");
      } catch (HostCipher.Closed e) {
        throw new HostCipher.Closed("the key of this host does not open: " + e.getMessage());
      }
      privateKey = key;
    }
    return key;
  }

  private String outside(String name) {
    return "tenant." + tenant + "." + name;
  }

  private Path placed(String name) {
    return store.resolve(outside(name));
  }

  /** The ciphertexts of the generation that is current now, by name. */
  private SortedMap<String, Path> files() throws IOException {
    SortedMap<String, Path> files = new TreeMap<>();
    Path directory;
    try {
      // A later switch does not change what is read.
      directory = generations.toRealPath().resolve(SecretUnits.DIRECTORY);
    } catch (NoSuchFileException _) {
      return files;
    }
    if (Files.isDirectory(directory)) {
      try (Stream<Path> entries = Files.list(directory)) {
        entries.forEach(file -> {
          String name = file.getFileName().toString();
          files.put(name.substring(0, name.length() - SUFFIX.length()), file);
        });
      }
    }
    return files;
  }

  /** What may have been placed: names, each with the digest of its ciphertext, or a dash. */
  private SortedMap<String, String> listed() throws IOException {
    SortedMap<String, String> listed = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(list)) {
        int blank = line.indexOf(' ');
        if (blank > 0) {
          listed.put(line.substring(0, blank), line.substring(blank + 1));
        }
      }
    } catch (NoSuchFileException _) {
      // Nothing has been.
    }
    return listed;
  }

  private void write(SortedMap<String, String> names) throws IOException {
    StringBuilder text = new StringBuilder();
    names.forEach((name, digest) -> text.append(name).append(' ').append(digest).append('\n'));
    Files.createDirectories(Objects.requireNonNull(list.getParent()));
    HostSecret.replace(list, text.toString().getBytes(StandardCharsets.UTF_8), "rw-------");
  }

  /** Forgets the key of the host. */
  @Override
  public void close() {
    if (privateKey != null) {
      Arrays.fill(privateKey, (byte) 0);
    }
  }
}
