package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.sync.FetchState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tenants, generations and containers as JSON objects; their keys are stable. */
final class TenantJson {
  private TenantJson() {}

  /** What `status` and `tenants` say of a tenant. */
  static Map<String, Object> brief(TenantState tenant) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("id", tenant.id().value());
    value.put("state", tenant.state().word());
    value.put("registered", tenant.standing().isPresent());
    value.put("enabled", tenant.standing().map(SystemState.Standing::enabled).orElse(false));
    value.put("placed", tenant.standing().map(SystemState.Standing::placed).orElse(false));
    tenant.source().ifPresent(source -> value.put("repository", repository(source)));
    tenant.current().ifPresent(current -> value.put("generation", generation(current)));
    tenant.since().ifPresent(since -> value.put("since", since.toString()));
    value.put("up", tenant.up());
    value.put("containers", guests(tenant, Compiled.Resource.Kind.CONTAINER));
    value.put("machines", guests(tenant, Compiled.Resource.Kind.MACHINE));
    value.put("scripts", guests(tenant, Compiled.Resource.Kind.SCRIPT));
    value.put("problem", tenant.problem());
    value.put("findings", Findings.json(tenant.findings()));
    return value;
  }

  /** A repository and its newest accepted commit. */
  static Map<String, Object> repository(FetchState.Repository source) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("url", source.url());
    value.put("ref", source.ref());
    source
        .tip()
        .ifPresent(tip -> {
          value.put("tip", tip.commit().value());
          value.put("author", tip.author());
          value.put("subject", tip.subject());
          value.put("fetchedAt", tip.fetchedAt().toString());
        });
    return value;
  }

  /** A generation and its verdict. */
  static Map<String, Object> generation(Generation generation) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("number", (long) generation.number());
    value.put("commit", generation.manifest().commit());
    value.put("author", generation.manifest().author());
    value.put("subject", generation.manifest().subject());
    value.put("signer", generation.manifest().signer());
    value.put("createdAt", generation.manifest().createdAt().toString());
    value.put("pinned", generation.pinned());
    generation
        .verdict()
        .ifPresent(verdict -> {
          value.put("verdict", verdict.state().name().toLowerCase(Locale.ROOT));
          value.put("reason", verdict.reason());
          value.put("verdictAt", verdict.at().toString());
          value.put("tookMillis", verdict.took().toMillis());
        });
    return value;
  }

  private static List<Map<String, Object>> guests(TenantState tenant, Compiled.Resource.Kind kind) {
    return tenant.resources().stream()
        .filter(resource -> resource.kind() == kind)
        .map(resource -> guest(tenant, resource))
        .toList();
  }

  /** A container, machine or script of the current generation. */
  static Map<String, Object> guest(TenantState tenant, Compiled.Resource resource) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("name", resource.name().value());
    value.put("state", tenant.activeState(resource));
    value.put("address", resource.address());
    value.put("address6", resource.port().address6());
    value.put("mac", resource.mac());
    value.put("network", resource.port().network());
    value.put("bridge", resource.bridge());
    value.put("link", resource.port().link());
    value.put("machine", resource.machine());
    value.put("unit", resource.unit());
    value.put("image", resource.image());
    value.put("boots", resource.boots());
    value.put("autostart", resource.autostart());
    value.put("uidBase", resource.uidBase());
    value.put("checks", (long) resource.checks().size());
    return value;
  }

  /** The first twelve digits of a commit. */
  static String abbreviated(String commit) {
    return commit.length() > 12 ? commit.substring(0, 12) : commit;
  }
}
