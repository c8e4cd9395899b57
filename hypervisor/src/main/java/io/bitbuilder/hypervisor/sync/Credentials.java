package io.bitbuilder.hypervisor.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/**
 * Keys and tokens systemd hands to the service (systemd.exec(5), ImportCredential=), each a file
 * {@code bitbuilder.<name>}. A secret never becomes part of a message.
 */
public final class Credentials {
  /** The credential with the host keys of ssh servers, in the format of known_hosts. */
  static final String KNOWN_HOSTS = "known_hosts";

  private static final String PREFIX = "bitbuilder.";
  private static final long LIMIT = 1 << 20;

  private final Optional<Path> directory;

  /**
   * Looks into a directory.
   *
   * @param directory {@code $CREDENTIALS_DIRECTORY}, if there is one
   */
  public Credentials(Optional<Path> directory) {
    this.directory = directory;
  }

  /** A credential is not there, or is not what the repository needs. */
  static final class Unusable extends IOException {
    private static final long serialVersionUID = 1;

    Unusable(String message) {
      super(message);
    }
  }

  /** Whether a text may name a credential. */
  static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= 100
        && !name.startsWith(".")
        && name.chars()
            .allMatch(c ->
                (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "._-".indexOf(c) >= 0);
  }

  /** The file of a credential that need not be there. */
  Optional<Path> file(String name) {
    return directory.map(place -> place.resolve(PREFIX + name)).filter(Files::isRegularFile);
  }

  /**
   * The content of a credential.
   *
   * @throws Unusable when it is not there
   */
  byte[] read(String name) throws IOException {
    Path file =
        file(name).orElseThrow(() -> new Unusable("credential `" + name + "` is not there"));
    if (Files.size(file) > LIMIT) {
      throw new Unusable("credential `" + name + "` is larger than 1 MiB");
    }
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw (Unusable) new Unusable("credential `" + name + "` cannot be read").initCause(e);
    }
  }

  /**
   * The value of an Authorization header: {@code user:password} as Basic, a text that begins with
   * {@code Basic} or {@code Bearer} as it is, and a bare token as the password of Basic, which is
   * what GitHub, GitLab and Gitea take.
   *
   * @throws Unusable when it is not there, or not one line of printable ASCII
   */
  String authorization(String name) throws IOException {
    String token = new String(read(name), StandardCharsets.UTF_8).strip();
    if (token.isEmpty() || !token.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new Unusable("credential `" + name + "` is not one line of printable characters");
    }
    if (token.startsWith("Bearer ") || token.startsWith("Basic ")) {
      return token;
    }
    String pair = token.indexOf(':') >= 0 ? token : "git:" + token;
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
  }
}
