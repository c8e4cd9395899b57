package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code bitbuilder pin} and {@code unpin}: whether retention may take a generation away. */
final class PinVerb implements Verb {
  private final boolean pin;

  PinVerb(boolean pin) {
    this.pin = pin;
  }

  @Override
  public Declaration declaration() {
    String name = pin ? "pin" : "unpin";
    return new Declaration(
        name,
        pin ? "keep a generation from being pruned" : "let a generation be pruned again",
        List.of(
            pin
                ? "A pinned generation stays for rollback, however many follow it."
                : "The generation is kept only as long as retention says, or while it is current."),
        List.of(
            Declaration.Word.required("TENANT", Declaration.Kind.TENANT, "the tenant"),
            Declaration.Word.required("N", Declaration.Kind.NUMBER, "the generation")),
        List.of(),
        List.of(new Declaration.Example("bitbuilder " + name + " acme 12", "generation 12")),
        Declaration.Group.CHANGE);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    Store store = new Store(context.state());
    Optional<TenantId> tenant =
        Target.id(arguments.word(0).orElseThrow(), store.tenants(), context);
    if (tenant.isEmpty()) {
      return ExitStatus.USAGE;
    }
    Optional<Generation> generation =
        Target.generation(
            arguments.word(1).orElseThrow(),
            tenant.get(),
            store.generations(tenant.get()),
            context);
    if (generation.isEmpty()) {
      return ExitStatus.USAGE;
    }
    if (pin) {
      store.pin(generation.get());
    } else {
      store.unpin(generation.get());
    }
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("tenant", tenant.get().value());
      value.put("generation", (long) generation.get().number());
      value.put("pinned", pin);
      context.output().json(value);
    }
    return ExitStatus.DONE;
  }
}
