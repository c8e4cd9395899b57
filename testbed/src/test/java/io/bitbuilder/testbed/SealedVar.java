package io.bitbuilder.testbed;

import java.time.Duration;

/** /var of an immutable host, and what opens it. */
final class SealedVar {
  private static final Duration LIMIT = Duration.ofMinutes(15);

  /** Binds /var to the boot it is in, or says why not. */
  static final String UNIT = "bitbuilder-seal.service";

  private SealedVar() {}

  /**
   * The registers of its TPM that open it, besides a signed policy, once this boot settled that.
   */
  static String boundTo(Host host) {
    host.waitForUnit(UNIT, LIMIT);
    return host.sh(
        "cryptsetup luksDump /dev/disk/by-partlabel/bitbuilder-var 2>&1 |"
            + " sed -n 's/.*tpm2-hash-pcrs: *//p'");
  }
}
