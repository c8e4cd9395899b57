package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.generation.SystemState;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code bitbuilder tenants}: who is registered, and how each stands on this host. */
final class TenantsVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "tenants",
        "list the registered tenants",
        List.of(
            "Lists every tenant the registry names and every tenant that still runs, with its state"
                + " and whether it is enabled and placed on this host.",
            "Tenants that were removed follow, for as long as their data is kept: since when, until"
                + " when, and how much it is."),
        List.of(),
        List.of(),
        List.of(new Declaration.Example("bitbuilder tenants", "one line per tenant")),
        Declaration.Group.LOOK);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    HostState host = HostState.read(context);
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("tenants", host.tenants().values().stream().map(TenantJson::brief).toList());
      value.put(
          "removed", host.removed().values().stream().map(one -> json(one, context)).toList());
      context.output().json(value);
      return ExitStatus.DONE;
    }
    Table table =
        new Table("TENANT", "STATE", "ENABLED", "PLACED", "GENERATION", "COMMIT", "GUESTS");
    for (TenantState tenant : host.tenants().values()) {
      table.row(
          new Table.Cell(tenant.id().value()),
          new Table.Cell(tenant.state().word(), tenant.state().style()),
          new Table.Cell(word(tenant, SystemState.Standing::enabled)),
          new Table.Cell(word(tenant, SystemState.Standing::placed)),
          new Table.Cell(
              tenant.current().map(current -> String.valueOf(current.number())).orElse("")),
          new Table.Cell(
              tenant
                  .current()
                  .map(current -> TenantJson.abbreviated(current.manifest().commit()))
                  .orElse("")),
          new Table.Cell(String.valueOf(tenant.guests().size())));
    }
    table.print(context.output());
    Removed.print(host.removed().values(), true, context);
    return ExitStatus.DONE;
  }

  private static Map<String, Object> json(Removed removed, Context context) {
    Map<String, Object> value = removed.json();
    removed.bytes(context).ifPresent(bytes -> value.put("bytes", bytes));
    return value;
  }

  private static String word(
      TenantState tenant, java.util.function.Predicate<SystemState.Standing> question) {
    return tenant
        .standing()
        .map(standing -> question.test(standing) ? "yes" : "no")
        .orElse("not registered");
  }
}
