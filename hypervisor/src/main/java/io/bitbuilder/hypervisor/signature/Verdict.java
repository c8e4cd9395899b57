package io.bitbuilder.hypervisor.signature;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What came out of looking at one signature. */
public sealed interface Verdict {
  /**
   * It counts.
   *
   * @param key the one of the given keys that made it
   * @param signer fingerprint of the key that signed: of the subkey in an OpenPGP certificate,
   *     otherwise that of {@code key}
   * @param created when the signer says it was made; an SSH signature does not say
   */
  record Good(TrustedKey key, String signer, @Nullable Instant created) implements Verdict {}

  /**
   * It does not count.
   *
   * @param reason the kind
   * @param sentence what was found, without a final stop; whatever it quotes is escaped
   */
  record Bad(Reason reason, String sentence) implements Verdict {}
}
