package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.host.LocalResolver;
import io.bitbuilder.hypervisor.host.NativeSockets;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.names.NameServer;
import io.bitbuilder.hypervisor.names.TenantNames;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/** {@code bitbuilder serve-names}: run by tenant-names@.service. */
final class ServeNamesVerb implements Verb {
  /**
   * Long enough for one who looks up names now and then, short enough to be gone on an idle host.
   */
  private static final Duration IDLE = Duration.ofSeconds(60);

  @Override
  public Declaration declaration() {
    return new Declaration(
        "serve-names",
        "resolve the names of a tenant for one of its networks",
        List.of(
            "Answers DNS queries on the sockets it is given, and ends when nobody asked for a"
                + " minute. Run by tenant-names@.service, which tenant-names@.socket starts; the"
                + " sockets are at the host's addresses in the network, port 53, UDP and TCP.",
            "Container or machine `web` of tenant `acme` is `web.acme.internal` to all members of"
                + " the tenant's networks, and its addresses have that name; nobody else is"
                + " answered. Other names are asked of somebody else for networks that have a way"
                + " out, and are said not to exist in those that have none. A change is seen with"
                + " the next activation; who remembers an answer does so for five seconds."),
        List.of(
            Declaration.Word.required(
                "TENANT/NETWORK",
                Declaration.Kind.FILE,
                "the tenant, and the name of its network")),
        List.of(),
        List.of(
            new Declaration.Example(
                "systemctl stop 'tenant-names@acme-lan.service'",
                "end it; the next query starts it again")),
        Declaration.Group.UNITS);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    String[] words = arguments.word(0).orElseThrow().split("/", -1);
    List<Integer> sockets = NativeSockets.inherited(context.environment());
    if (words.length != 2
        || !TenantId.isValid(words[0])
        || !ResourceName.isValid(words[1])
        || sockets.isEmpty()) {
      return context.fail(
          ExitStatus.USAGE,
          "serve-names runs on the sockets of a network",
          "tenant-names@.socket starts it");
    }
    TenantNames names =
        new TenantNames(
            new Store(context.state()),
            new TenantId(words[0]),
            new ResourceName(words[1]),
            context.environment().getOrDefault("FORWARD", ""),
            System::nanoTime);
    new NameServer(sockets, names, IDLE, new LocalResolver(context.root()), new SecureRandom())
        .serve();
    return ExitStatus.DONE;
  }
}
