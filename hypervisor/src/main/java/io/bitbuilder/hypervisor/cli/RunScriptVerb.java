package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.host.ScriptPort;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@code bitbuilder run-script}: run by tenant-script@.service. */
final class RunScriptVerb implements Verb {
  /** Less than TimeoutStartSec= of the unit, so that there is time to say why. */
  private static final Duration LIMIT = Duration.ofSeconds(290);

  @Override
  public Declaration declaration() {
    return new Declaration(
        "run-script",
        "run a tenant's script inside its virtual machine",
        List.of(
            "Hands the script to the infrastructure instance of the tenant, when that is a virtual"
                + " machine, and runs it there as root. Run by tenant-script@.service. What the"
                + " script writes goes to standard output, at most 1 MiB of it and 8 KiB of a line;"
                + " its exit status is that of this program.",
            "An agent in the guest runs it. It comes with the credentials of the machine, which a"
                + " guest with systemd 256 or newer understands, and is started when the guest has"
                + " reached multi-user.target. A machine that is still booting is waited for, until"
                + " 290 seconds are over with all the script takes. When this program ends, the"
                + " script in the guest does, with all it has started."),
        List.of(
            Declaration.Word.required("TENANT", Declaration.Kind.TENANT, "the tenant"),
            Declaration.Word.required(
                "SCRIPT", Declaration.Kind.FILE, "the name of the script, `pre-provision.sh`"),
            Declaration.Word.required(
                "LAYER", Declaration.Kind.FILE, "the digest of the directory it is in"),
            Declaration.Word.required(
                "UID", Declaration.Kind.NUMBER, "the user the machine's QEMU runs as")),
        List.of(),
        List.of(
            new Declaration.Example(
                "systemctl restart 'tenant-script@acme-pre\\x2dprovision.service'",
                "run the first script again")),
        Declaration.Group.UNITS);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    String tenant = arguments.word(0).orElseThrow();
    String script = arguments.word(1).orElseThrow();
    String layer = arguments.word(2).orElseThrow();
    String user = arguments.word(3).orElseThrow();
    if (!TenantId.isValid(tenant)
        || Script.of(script).isEmpty()
        || !layer.matches("[0-9a-f]{64}")
        || !user.matches("[0-9]{1,10}")) {
      return context.fail(
          ExitStatus.USAGE,
          "run-script takes the words its unit gives it",
          "systemctl restart a unit tenant-script@");
    }
    Path file = context.state().resolve("generations/layers").resolve(layer).resolve(script);
    ResourceName infra = Tenant.INFRA;
    ScriptPort port = new ScriptPort(context.root(), infra + "." + tenant, Long.parseLong(user));
    return switch (port.run(script, Files.readAllBytes(file), context.output().out(), LIMIT)) {
      case ScriptPort.Exited exited -> exited.status();
      case ScriptPort.Failed failed ->
          context.fail(
              ExitStatus.INTERNAL,
              Quote.escape(failed.reason(), 400),
              "see `bitbuilder logs " + tenant + "/" + infra + "`");
    };
  }
}
