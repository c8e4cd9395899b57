package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What {@code TENANT} or {@code TENANT/CONTAINER} on a command line names. */
final class Target {
  private Target() {}

  /** A tenant of this host and, when one was named, one of its guests. */
  record Named(TenantState tenant, Optional<Compiled.Resource> container) {}

  /**
   * Looks up {@code TENANT} or {@code TENANT/CONTAINER}; says so when there is none.
   *
   * @return empty when an error was printed
   */
  static Optional<Named> find(String text, HostState host, Context context) {
    int slash = text.indexOf('/');
    Optional<TenantState> tenant =
        tenant(slash < 0 ? text : text.substring(0, slash), host, context);
    if (tenant.isEmpty() || slash < 0) {
      return tenant.map(found -> new Named(found, Optional.empty()));
    }
    String name = text.substring(slash + 1);
    List<Compiled.Resource> resources = tenant.get().resources();
    for (Compiled.Resource resource : resources) {
      if (resource.name().value().equals(name)) {
        return Optional.of(new Named(tenant.get(), Optional.of(resource)));
      }
    }
    unknown(
        "tenant `" + tenant.get().id() + "` has no container or machine",
        name,
        resources.stream().map(resource -> resource.name().value()).toList(),
        "bitbuilder describe " + tenant.get().id(),
        context);
    return Optional.empty();
  }

  private static Optional<TenantState> tenant(String name, HostState host, Context context) {
    if (TenantId.isValid(name)) {
      TenantState tenant = host.tenants().get(new TenantId(name));
      if (tenant != null) {
        return Optional.of(tenant);
      }
      Removed removed = host.removed().get(new TenantId(name));
      if (removed != null) {
        context
            .output()
            .error(
                "tenant `" + name + "` was " + removed.sentence(context.clock().instant()),
                "`bitbuilder purge " + name + "` says how much it is and deletes it");
        return Optional.empty();
      }
    }
    unknownTenant(name, host.tenants().keySet(), context);
    return Optional.empty();
  }

  /** The id, when it is one of those known; says so when not. */
  static Optional<TenantId> id(String name, Collection<TenantId> known, Context context) {
    if (TenantId.isValid(name) && known.contains(new TenantId(name))) {
      return Optional.of(new TenantId(name));
    }
    unknownTenant(name, known, context);
    return Optional.empty();
  }

  private static void unknownTenant(String name, Collection<TenantId> known, Context context) {
    unknown(
        "no tenant",
        name,
        known.stream().map(TenantId::value).toList(),
        "bitbuilder tenants",
        context);
  }

  private static void unknown(
      String what, String name, List<String> known, String list, Context context) {
    context
        .output()
        .error(
            what + " " + Quote.quote(name),
            Similar.to(name, known)
                .map(similar -> "a similar name exists: " + similar)
                .orElse("`" + list + "` lists them"));
  }

  /**
   * A generation by its number as typed; says so when there is none.
   *
   * @return empty when an error was printed
   */
  static Optional<Generation> generation(
      String typed, TenantId tenant, List<Generation> generations, Context context) {
    for (Generation generation : generations) {
      if (String.valueOf(generation.number()).equals(typed)) {
        return Optional.of(generation);
      }
    }
    context
        .output()
        .error(
            "tenant `" + tenant + "` has no generation " + Quote.quote(typed),
            "`bitbuilder describe " + tenant + "` lists them");
    return Optional.empty();
  }
}
