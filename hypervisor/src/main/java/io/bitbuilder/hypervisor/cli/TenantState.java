package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Severity;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.host.UnitState;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.sync.FetchState;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One tenant of this host.
 *
 * @param standing what the registry says of it; empty when it says nothing
 * @param current the generation that is switched on; empty when there is none
 * @param source its repository; empty when it was never tried
 * @param findings what is wrong with its newest commit or its repository
 * @param refused its revisions that were tried and rolled back, oldest first
 * @param units the active state of every unit of tenants
 */
record TenantState(
    TenantId id,
    Optional<SystemState.Standing> standing,
    Optional<Generation> current,
    Optional<FetchState.Repository> source,
    List<Diagnostic> findings,
    List<Refused.Entry> refused,
    Map<String, UnitState> units) {
  TenantState {
    findings = List.copyOf(findings);
    refused = List.copyOf(refused);
  }

  /** How a tenant is, in one word. */
  enum State {
    /** Every container that starts by itself is up, or a command that did its work and ended. */
    RUNNING(Output.Style.GOOD),
    /** All of them are commands that did their work and ended. */
    EXITED(Output.Style.DIM),
    /** One at least is on its way. */
    STARTING(Output.Style.BUSY),
    /** Some are down, or its health check has failed again and again. */
    DEGRADED(Output.Style.BAD),
    /** All are down. */
    DOWN(Output.Style.BAD),
    /** Registered for this host, but nothing of it could be compiled yet. */
    PENDING(Output.Style.BUSY),
    /** The registry or its repository disables it. */
    DISABLED(Output.Style.DIM),
    /** Its placement asks for tags this host does not carry. */
    ELSEWHERE(Output.Style.DIM);

    private final Output.Style style;

    State(Output.Style style) {
      this.style = style;
    }

    Output.Style style() {
      return style;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  State state() {
    if (current.isEmpty()) {
      return standing.filter(one -> !one.enabled()).isPresent()
          ? State.DISABLED
          : standing.filter(one -> !one.placed()).isPresent() ? State.ELSEWHERE : State.PENDING;
    }
    List<Compiled.Resource> wanted =
        resources().stream().filter(Compiled.Resource::autostart).toList();
    long up = wanted.stream().filter(this::isUp).count();
    if (wanted.stream().allMatch(this::isWell)) {
      if (isIll()) {
        return State.DEGRADED;
      }
      return up == 0 && !wanted.isEmpty() ? State.EXITED : State.RUNNING;
    }
    boolean starting =
        wanted.stream().map(this::activeState).anyMatch(state -> state.equals("activating"));
    return starting ? State.STARTING : up == 0 ? State.DOWN : State.DEGRADED;
  }

  /** The containers and machines of the current generation. */
  List<Compiled.Resource> guests() {
    return resources().stream()
        .filter(resource -> resource.kind() != Compiled.Resource.Kind.SCRIPT)
        .toList();
  }

  /** The containers, machines and scripts of the current generation. */
  List<Compiled.Resource> resources() {
    return current.map(generation -> generation.manifest().resources()).orElse(List.of());
  }

  /**
   * {@code active}, {@code failed} and so on, as systemd(1) says; {@code exited} for a command that
   * ended with 0.
   */
  String activeState(Compiled.Resource resource) {
    UnitState unit = units.get(resource.unit());
    if (hasExited(resource)) {
      return "exited";
    }
    return unit == null ? "inactive" : unit.active();
  }

  boolean isUp(Compiled.Resource resource) {
    UnitState unit = units.get(resource.unit());
    return unit != null && unit.isActive();
  }

  private boolean hasExited(Compiled.Resource resource) {
    UnitState unit = units.get(resource.unit());
    return unit != null && !resource.boots() && unit.hasExited();
  }

  /** Whether it is up, or has done its work and ended. One with checks is to stay up. */
  boolean isWell(Compiled.Resource resource) {
    return isUp(resource) || (hasExited(resource) && resource.checks().isEmpty());
  }

  /** Whether its health check, which a timer runs, has failed too often. */
  private boolean isIll() {
    UnitState check = units.get(TenantUnits.script(id, Script.HEALTH_CHECK));
    return check != null && check.hasFailed();
  }

  long up() {
    return guests().stream().filter(this::isUp).count();
  }

  List<String> addresses() {
    return resources().stream()
        .map(Compiled.Resource::address)
        .filter(address -> !address.isEmpty())
        .toList();
  }

  /** Since when the current generation is on: its verdict's time, or the time it was made. */
  Optional<Instant> since() {
    return current.map(generation ->
        generation.verdict().map(Verdict::at).orElse(generation.manifest().createdAt()));
  }

  /** The errors that keep its newest commit out. */
  List<Diagnostic> errors() {
    return findings.stream().filter(finding -> finding.severity() == Severity.ERROR).toList();
  }

  /** What is wrong, in one line; empty when all is well. Not escaped. */
  String problem() {
    if (!errors().isEmpty()) {
      return Findings.oneLine(errors());
    }
    Optional<Verdict> verdict = current.flatMap(Generation::verdict);
    if (verdict.isPresent() && verdict.get().state() == Verdict.State.DEGRADED) {
      return "unhealthy: " + verdict.get().reason();
    }
    List<String> down =
        resources().stream()
            .filter(Compiled.Resource::autostart)
            .filter(resource -> !isWell(resource))
            .map(resource -> resource.name() + " is " + activeState(resource))
            .toList();
    return !down.isEmpty()
        ? String.join(", ", down)
        : isIll() ? Script.HEALTH_CHECK.file() + " has failed three times in a row" : "";
  }
}
