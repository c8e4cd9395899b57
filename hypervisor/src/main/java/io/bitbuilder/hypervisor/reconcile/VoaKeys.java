package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.signature.OpenPgpCertificate;
import io.bitbuilder.hypervisor.signature.Parsed;
import io.bitbuilder.hypervisor.signature.SshKey;
import io.bitbuilder.hypervisor.signature.TrustedKey;
import io.bitbuilder.hypervisor.voa.Context;
import io.bitbuilder.hypervisor.voa.Os;
import io.bitbuilder.hypervisor.voa.Purpose;
import io.bitbuilder.hypervisor.voa.Technology;
import io.bitbuilder.hypervisor.voa.Verifier;
import io.bitbuilder.hypervisor.voa.Voa;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keys that count by where they lie (UAPI.11), in the form signatures are judged by. */
public final class VoaKeys {
  private final Voa voa;

  /** Those of some load paths. */
  public VoaKeys(Voa voa) {
    this.voa = voa;
  }

  /**
   * Keys for a purpose and context; of a certificate every copy. Files that are neither certificate
   * nor key are left out.
   *
   * @param technology only of this one; of both where it is empty
   */
  public List<TrustedKey> of(
      List<Os> oses, Purpose purpose, Context context, Optional<Technology> technology) {
    List<TrustedKey> keys = new ArrayList<>();
    if (technology.orElse(Technology.OPENPGP).equals(Technology.OPENPGP)) {
      for (Verifier verifier : voa.lookup(oses, purpose, context, Technology.OPENPGP).verifiers()) {
        for (Verifier.Copy copy : verifier.copies()) {
          byte[] bytes = copy.text().getBytes(StandardCharsets.ISO_8859_1);
          if (OpenPgpCertificate.parse(bytes)
              instanceof Parsed.Accepted<OpenPgpCertificate>(OpenPgpCertificate value)) {
            keys.add(value);
          }
        }
      }
    }
    if (technology.orElse(Technology.SSH).equals(Technology.SSH)) {
      for (Verifier verifier : voa.lookup(oses, purpose, context, Technology.SSH).verifiers()) {
        if (SshKey.parse(verifier.copies().getFirst().text().strip())
            instanceof Parsed.Accepted<SshKey>(SshKey value)) {
          keys.add(value);
        }
      }
    }
    return keys;
  }
}
