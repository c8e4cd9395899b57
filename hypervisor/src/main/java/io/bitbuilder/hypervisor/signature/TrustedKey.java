package io.bitbuilder.hypervisor.signature;

/** A public key whose signatures somebody wants to accept. */
public sealed interface TrustedKey permits SshKey, OpenPgpCertificate {
  /**
   * How the technology names the key: {@code SHA256:} and base64 for ssh, 40 uppercase hexadecimal
   * digits of the primary key for OpenPGP.
   */
  String fingerprint();

  /** The same in lowercase hexadecimal, as UAPI.11 wants file names: 64 digits or 40. */
  String hex();
}
