package io.bitbuilder.hypervisor.signature;

import java.security.GeneralSecurityException;

/** SSH signatures made by hand: by security keys, and by RSA in forms ssh-keygen does not make. */
final class SecurityKeyCases {
  private SecurityKeyCases() {}

  static void add(Tools tools, Corpus corpus) throws GeneralSecurityException {
    byte[] payload = Corpus.bytes(Corpus.COMMIT);
    SshForge touch = SshForge.securityKey();
    tools.allow(touch.line());
    SshKey key = Tools.accepted(SshKey.parse(touch.line()));
    corpus.ssh("SSH security key", payload, touch.touched(payload, 1), key);
    corpus.ssh("SSH security key, verified user", payload, touch.touched(payload, 5), key);
    corpus.ssh("SSH security key nobody touched", payload, touch.touched(payload, 0), key);
    byte[] other = Corpus.bytes(Corpus.COMMIT + "\n");
    corpus.ssh("SSH security key, other content", other, touch.touched(payload, 1), key);

    SshForge rsa = SshForge.rsa(2048);
    tools.allow(rsa.line());
    SshKey rsaKey = Tools.accepted(SshKey.parse(rsa.line()));
    corpus.ssh(
        "SSH rsa-sha2-256", payload, rsa.rsa(payload, "SHA256withRSA", "rsa-sha2-256", ""), rsaKey);
    corpus.ssh("SSH rsa by SHA-1", payload, rsa.rsa(payload, "SHA1withRSA", "ssh-rsa", ""), rsaKey);
    corpus.ssh(
        "SSH reserved field filled",
        payload,
        rsa.rsa(payload, "SHA512withRSA", "rsa-sha2-512", "x"),
        rsaKey);
    SshForge small = SshForge.rsa(1024);
    tools.allow(small.line());
    corpus.ssh(
        "SSH rsa 1024", payload, small.rsa(payload, "SHA512withRSA", "rsa-sha2-512", ""), key);
  }
}
