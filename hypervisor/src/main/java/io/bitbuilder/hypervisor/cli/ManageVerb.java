package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.manager.Manager;
import io.bitbuilder.hypervisor.manager.VarlinkServer;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;

/** {@code bitbuilder manage}: run by tenant-infra@.service. */
final class ManageVerb implements Verb {
  /**
   * Long enough for a script that calls again and again, short enough to be gone on an idle host.
   */
  private static final Duration IDLE = Duration.ofSeconds(15);

  @Override
  public Declaration declaration() {
    return new Declaration(
        "manage",
        "answer what a tenant asks from inside",
        List.of(
            "Answers calls of the Varlink interface io.bitbuilder.Tenant on the socket it finds as its"
                + " standard input, and ends when nobody called for a while. Run by"
                + " tenant-infra@.service, which tenant-infra@.socket starts; the socket is"
                + " /run/bitbuilder/io.bitbuilder.Tenant inside the tenant's infrastructure"
                + " instance.",
            "A tenant may list and describe its own containers and machines, start, stop and restart"
                + " them, and ask for a sync. Whose they are follows from the socket, never from"
                + " what a caller says."),
        List.of(Declaration.Word.required("TENANT", Declaration.Kind.TENANT, "the tenant")),
        List.of(),
        List.of(
            new Declaration.Example(
                "varlinkctl call /run/bitbuilder/io.bitbuilder.Tenant io.bitbuilder.Tenant.List '{}'",
                "inside the tenant")),
        Declaration.Group.UNITS);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    Store store = new Store(context.state());
    String name = arguments.word(0).orElseThrow();
    Channel inherited = System.inheritedChannel();
    if (!TenantId.isValid(name) || !(inherited instanceof ServerSocketChannel listener)) {
      return context.fail(
          ExitStatus.USAGE,
          "manage runs on a socket of a tenant's own",
          "tenant-infra@.socket starts it");
    }
    Manager manager =
        new Manager(
            new TenantId(name),
            store,
            context.host().systemd(),
            context.host().pace(),
            context.version());
    new VarlinkServer(listener, manager, IDLE).serve();
    return ExitStatus.DONE;
  }
}
