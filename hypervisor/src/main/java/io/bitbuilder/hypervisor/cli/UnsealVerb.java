package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.reconcile.UnsealRun;
import java.io.IOException;
import java.util.List;

/** {@code bitbuilder unseal}: run by tenant-secrets@.service. */
final class UnsealVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "unseal",
        "make the secrets of a tenant ready for its guests",
        List.of(
            "Opens what the credentials/ of the tenant's current generation holds, and places it in"
                + " /run/credstore.encrypted, encrypted for this host and this boot's guests. Run by"
                + " tenant-secrets@.service.",
            "One that does not open is said with its reason, and is not a failure: the containers and"
                + " machines that name it do not start, all others do."),
        List.of(Declaration.Word.required("TENANT", Declaration.Kind.TENANT, "the tenant")),
        List.of(Declaration.Option.flag("remove", "", "remove what was placed instead")),
        List.of(
            new Declaration.Example(
                "systemctl reload tenant-secrets@acme.service", "try again what did not open"),
            new Declaration.Example(
                "journalctl -u tenant-secrets@acme.service", "what did not open, and why")),
        Declaration.Group.UNITS);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    String tenant = arguments.word(0).orElseThrow();
    if (!TenantId.isValid(tenant)) {
      return context.fail(
          ExitStatus.USAGE, "unseal takes the id of a tenant", "`bitbuilder tenants` lists them");
    }
    try (UnsealRun run =
        new UnsealRun(context.root(), new TenantId(tenant), context.host().cipher())) {
      if (arguments.has("remove")) {
        run.stop();
      } else {
        run.start(problem -> context.output().error(problem, ""));
      }
    }
    return ExitStatus.DONE;
  }
}
