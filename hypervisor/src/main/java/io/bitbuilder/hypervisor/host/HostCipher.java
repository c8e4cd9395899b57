package io.bitbuilder.hypervisor.host;

import java.io.IOException;

/**
 * Encryption with the keys of this host, which only root can use (systemd-creds(1)). The name is
 * authenticated: under another one a ciphertext does not open.
 */
public interface HostCipher {
  /** Which key. */
  enum Key {
    /** The TPM's and that in /var/lib/systemd, as far as the host has them. */
    BEST,
    /** That in /var/lib/systemd, which is made when there is none. */
    FILE
  }

  /**
   * Encrypts.
   *
   * @param secret at most 1 MiB; left as it is, and in no file
   * @return base64 in ASCII
   * @throws IOException when the host cannot; its message has nothing of the secret
   */
  byte[] encrypt(String name, byte[] secret, Key key) throws IOException;

  /**
   * Decrypts; whoever gets the secret zeroes it.
   *
   * @throws Closed when it does not open
   * @throws IOException when the program cannot be run
   */
  byte[] decrypt(String name, byte[] ciphertext) throws IOException;

  /**
   * Whether it opens; nobody sees what is in it.
   *
   * @throws Closed when it does not
   * @throws IOException when the program cannot be run
   */
  void check(String name, byte[] ciphertext) throws IOException;

  /** It does not open: it is another host's, another name's, or was changed. */
  final class Closed extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * With the reason.
     *
     * @param reason for people, untrusted and unescaped, without a byte of what is inside
     */
    public Closed(String reason) {
      super(reason);
    }
  }
}
