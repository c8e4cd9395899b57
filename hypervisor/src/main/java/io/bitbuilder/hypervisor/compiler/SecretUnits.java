package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.secret.Ciphertext;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The tenant's own secrets: their ciphertexts in the generation, what opens them, and what a guest
 * gets one of them from. All others are the operator's (docs/decisions/0023).
 */
public final class SecretUnits {
  /** Where they lie in a generation. */
  public static final String DIRECTORY = "credentials";

  /** Where systemd finds them decryptable, on a file system in memory (systemd.exec(5)). */
  public static final String STORE = "/run/credstore.encrypted/";

  private static final String SUFFIX = ".cred";

  private SecretUnits() {}

  /** The ciphertexts, and what opens them. */
  static void add(ResolvedTenant tenant, Output out) {
    if (tenant.secrets().isEmpty()) {
      return;
    }
    tenant
        .secrets()
        .forEach((name, secret) ->
            out.text(DIRECTORY + "/" + ContainerUnits.credential(name) + SUFFIX, secret.text()));
    String unit = TenantUnits.secrets(tenant.id());
    out.link(
        "units/" + TenantUnits.target(tenant.id()) + ".wants/" + unit,
        "/usr/lib/systemd/system/tenant-secrets@.service");
  }

  /** Those a guest names, by name. */
  static SortedMap<String, Ciphertext> of(Guest guest, ResolvedTenant tenant) {
    SortedMap<String, Ciphertext> own = new TreeMap<>(tenant.secrets());
    own.keySet().retainAll(guest.credentials().values());
    return own;
  }

  /** What a guest that names some is told: who opens them, and where they are then. */
  static void add(TenantId tenant, String unit, SortedMap<String, Ciphertext> own, Output out) {
    if (own.isEmpty()) {
      return;
    }
    String secrets = TenantUnits.secrets(tenant);
    UnitFile.Builder file =
        UnitFile.builder()
            .section("Unit")
            // One that does not open is the matter of the guest that needs it, not of all.
            .set("Wants", secrets)
            .set("After", secrets)
            .section("Service");
    for (String name : own.keySet()) {
      String outside = "tenant." + tenant + "." + ContainerUnits.credential(name);
      // By its path: the operator's, of the same name, does not come before it, nor in its place.
      file.set("LoadCredentialEncrypted", outside + ":" + STORE + outside);
    }
    out.file("units/" + unit + ".d/40-secrets.conf", file.build());
  }

  /** A new ciphertext is a new secret, which no running program has. */
  static void addTo(Digest digest, SortedMap<String, Ciphertext> own) {
    own.forEach((name, secret) -> digest.add(name).add(secret.text()));
  }
}
