package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Severity;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.host.Doctor;
import io.bitbuilder.hypervisor.limits.Limit;
import io.bitbuilder.hypervisor.limits.LimitsExamined;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code bitbuilder doctor}: whether this host can do what is asked of it. */
final class DoctorVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "doctor",
        "examine the host and tell how to mend it",
        List.of(
            "Looks at the version of systemd, user namespaces, overlay, idmapped mounts, cgroups,"
                + " whether limits of tenants are held, networkd, nftables, the disk, the clock and the units and extensions of the host itself, and says for everything that is"
                + " amiss how to mend it. Exits with 1 when something must be mended."),
        List.of(),
        List.of(),
        List.of(new Declaration.Example("bitbuilder doctor", "after an installation")),
        Declaration.Group.ABOUT);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    List<Doctor.Examined> all =
        new ArrayList<>(
            new Doctor(context.root(), context.commands(), context.host().systemd()).examine());
    all.addAll(LimitsExamined.examine(context.root(), limits(context)));
    all.addAll(HostUnitsExamined.examine(context.root(), context.state()));
    Output output = context.output();
    List<Diagnostic> findings =
        all.stream().map(Doctor.Examined::finding).flatMap(Optional::stream).toList();
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("examined", all.stream().map(DoctorVerb::json).toList());
      value.put("findings", Findings.json(findings));
      output.json(value);
    } else {
      Table table = new Table();
      for (Doctor.Examined one : all) {
        table.row(
            new Table.Cell(word(one), style(one)),
            new Table.Cell(one.what()),
            new Table.Cell(one.seen()));
      }
      table.print(output);
      if (!findings.isEmpty()) {
        output.line("");
        Findings.print(findings, output);
      }
    }
    return Findings.haveErrors(findings) ? ExitStatus.INTERNAL : ExitStatus.DONE;
  }

  /** Of every tenant that runs here; one whose generation is damaged has none to compare with. */
  private static SortedMap<String, List<Limit>> limits(Context context) throws IOException {
    SortedMap<String, List<Limit>> limits = new TreeMap<>();
    Store store = new Store(context.state());
    for (TenantId tenant : store.selection().keySet()) {
      try {
        Optional<Generation> current = store.current(tenant);
        if (current.isPresent()) {
          limits.put(tenant.value(), TenantLimits.read(current.get(), context.root()));
        }
      } catch (IOException | IllegalArgumentException _) {
        limits.put(tenant.value(), List.of());
      }
    }
    return limits;
  }

  private static boolean isError(Doctor.Examined one) {
    return one.finding().filter(found -> found.severity() == Severity.ERROR).isPresent();
  }

  private static String word(Doctor.Examined one) {
    return one.finding().isEmpty() ? "ok" : isError(one) ? "error" : "warning";
  }

  private static Output.Style style(Doctor.Examined one) {
    return one.finding().isEmpty()
        ? Output.Style.GOOD
        : isError(one) ? Output.Style.BAD : Output.Style.BUSY;
  }

  private static Map<String, Object> json(Doctor.Examined one) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("what", one.what());
    value.put("state", word(one));
    value.put("seen", one.seen());
    return value;
  }
}
