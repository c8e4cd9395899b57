package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Allocations;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Everything that decides what a tenant compiles to, as one digest: its commit, what the operator
 * grants it, the parts of the system configuration that reach into generations, the templates of
 * network files, what was chosen for it, and this version of the product. Equal digests need no
 * second look at the repository.
 */
final class InputsDigest {
  /** The version of this product: another one may compile the same inputs differently. */
  static final String VERSION = version();

  private final SystemModel model;
  private final Function<TenantId, String> ownKeys;
  private final String system;
  private final Map<String, TreeMap<String, String>> allocations = new HashMap<>();

  /**
   * Of one system at one time.
   *
   * @param ownKeys what tells the host's own keys for a tenant from others
   */
  InputsDigest(SystemModel model, Allocations chosen, Function<TenantId, String> ownKeys) {
    this.ownKeys = ownKeys;
    this.model = model;
    SystemConfig config = model.config();
    this.system =
        String.join(
            "\n",
            VERSION,
            config.network().toString(),
            config.images().toString(),
            config.health().toString(),
            config.host().toString(),
            model.signers().certificates().toString(),
            model.templates().toString());
    chosen
        .entries()
        .forEach((key, value) ->
            allocations.computeIfAbsent(tenantOf(key), _ -> new TreeMap<>()).put(key, value));
  }

  /** The digest for one tenant at one commit, 64 hexadecimal digits. */
  String of(TenantEntry entry, CommitId commit) {
    String own = allocations.getOrDefault(entry.id().value(), new TreeMap<>()).toString();
    String text =
        String.join(
            "\n",
            entry.id().value(),
            commit.value(),
            String.valueOf(entry.enabled()),
            entry.quota().toString(),
            Verification.mode(model, entry).toString(),
            Authorities.signers(model, entry).toString(),
            ownKeys.apply(entry.id()),
            system,
            own);
    return sha256(text);
  }

  /** The SHA-256 of a text, 64 hexadecimal digits. */
  static String sha256(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The tenant an allocation key belongs to: {@code kind/tenant/…}. */
  static String tenantOf(String key) {
    String[] parts = key.split("/", 3);
    return parts.length < 2 ? "" : parts[1];
  }

  /** Whether the choice is this tenant's. */
  static boolean belongsTo(String key, TenantId tenant) {
    return tenantOf(key).equals(tenant.value());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String version() {
    String version = InputsDigest.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
