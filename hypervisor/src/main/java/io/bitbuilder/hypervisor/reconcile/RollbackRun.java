package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.activation.Activator;
import io.bitbuilder.hypervisor.activation.Announcer;
import io.bitbuilder.hypervisor.activation.Order;
import io.bitbuilder.hypervisor.activation.Parts;
import io.bitbuilder.hypervisor.activation.Result;
import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.FlightLog;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.Staging;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.health.Probe;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The verb {@code bitbuilder rollback}: an older generation becomes current by a normal activation.
 * The commit that was current is refused from then on, so that the next fetch does not bring it
 * back; a commit on top of it is taken.
 */
public final class RollbackRun {
  private static final Duration LOOK = Duration.ofSeconds(10);

  private final Path root;
  private final HostPorts host;
  private final Path state;
  private final Store store;
  private final Refused refused;

  /**
   * Prepares a run.
   *
   * @param root the directory the host's files are under
   */
  public RollbackRun(Path root, HostPorts host) {
    this.root = root;
    this.host = host;
    this.state = root.resolve("var/lib/bitbuilder");
    this.store = new Store(state);
    this.refused = new Refused(state);
  }

  /**
   * Goes back.
   *
   * @param wanted the generation to go to, or the newest healthy one before the current
   * @return where the tenant ended; empty exactly when the report has errors, and nothing is
   *     changed then
   * @throws Busy when another activation is under way
   */
  public Optional<Result> run(TenantId tenant, OptionalInt wanted, Report report)
      throws IOException {
    try (Exclusive _ = Exclusive.take(root)) {
      store.recover();
      FlightLog flights = new FlightLog(state);
      if (flights.flights().containsKey(tenant)) {
        throw new Busy(
            "an activation of tenant " + tenant + " was cut short; run bitbuilder sync first");
      }
      Optional<Generation> current = store.current(tenant);
      Optional<Generation> target = target(tenant, current, wanted, report);
      target.ifPresent(generation -> check(generation, report));
      target.ifPresent(generation -> checkSigner(generation, report));
      if (target.isEmpty() || report.hasErrors()) {
        return Optional.empty();
      }
      remember(current, target.get());
      return Optional.of(activate(target.get(), flights));
    }
  }

  private Optional<Generation> target(
      TenantId tenant, Optional<Generation> current, OptionalInt wanted, Report report)
      throws IOException {
    Optional<Generation> target =
        wanted.isPresent()
            ? store.generation(tenant, wanted.getAsInt())
            : before(tenant, current.map(Generation::number).orElse(Integer.MAX_VALUE));
    if (current.isEmpty()) {
      error(
          tenant, "tenant " + tenant + " does not run on this host", "bitbuilder tenants", report);
      return Optional.empty();
    }
    if (target.isEmpty()) {
      error(
          tenant,
          wanted.isPresent()
              ? "tenant " + tenant + " has no generation " + wanted.getAsInt()
              : "tenant " + tenant + " has no healthy generation before the current one",
          "bitbuilder describe " + tenant + " lists its generations",
          report);
    } else if (target.get().number() == current.get().number()) {
      error(
          tenant,
          "generation " + current.get().number() + " of tenant " + tenant + " is current already",
          "name another one: bitbuilder describe " + tenant + " lists them",
          report);
    }
    return target;
  }

  private Optional<Generation> before(TenantId tenant, int number) throws IOException {
    return store.generations(tenant).stream()
        .filter(generation -> generation.number() < number)
        .filter(generation ->
            generation
                .verdict()
                .filter(verdict -> verdict.state() == Verdict.State.HEALTHY)
                .isPresent())
        .max(Comparator.comparingInt(Generation::number));
  }

  /** Since it last ran, others may have been given what it had. */
  private void check(Generation target, Report report) {
    Map<String, TenantId> taken = new HashMap<>();
    try {
      for (TenantId other : store.selection().keySet()) {
        if (!other.equals(target.tenant())) {
          store
              .current(other)
              .ifPresent(generation ->
                  generation
                      .manifest()
                      .resources()
                      .forEach(resource -> claims(resource).forEach(c -> taken.put(c, other))));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (Compiled.Resource resource : target.manifest().resources()) {
      for (String claim : claims(resource)) {
        if (taken.containsKey(claim)) {
          report.add(
              Code.BB401,
              Location.ofFile(target.tenant().value(), "", ""),
              claim + " of container " + resource.name() + " belongs to another tenant by now",
              "a generation whose choices are still its own",
              "revert the commit in the tenant's repository instead: it is planned anew");
        }
      }
    }
  }

  /** Since it last ran, the key that signed it may have been given up. */
  private void checkSigner(Generation target, Report report) {
    String signer = target.manifest().signer();
    try {
      List<String> revoked = system().map(SystemState::revoked).orElse(List.of());
      if (revoked.stream().anyMatch(key -> signer.endsWith(" " + key))) {
        report.add(
            Code.BB503,
            Location.ofFile(target.tenant().value(), target.manifest().commit(), ""),
            "generation "
                + target.number()
                + " is signed by "
                + Quote.escape(signer)
                + ", whose key is revoked",
            "a generation whose signer still counts",
            "bitbuilder describe " + target.tenant() + " lists them; or push a signed revert");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> claims(Compiled.Resource resource) {
    return java.util.stream.Stream.of(
            "UID range " + resource.uidBase(),
            resource.address().isEmpty() ? "" : "address " + resource.address(),
            resource.bridge().isEmpty() ? "" : "bridge " + resource.bridge())
        .filter(claim -> !claim.isEmpty())
        .toList();
  }

  /** Before anything else: should we be cut short, the next fetch must not undo it. */
  private void remember(Optional<Generation> current, Generation target) throws IOException {
    String commit = target.manifest().commit();
    TenantId tenant = target.tenant();
    String left = current.map(generation -> generation.manifest().commit()).orElse("");
    if (!left.equals(commit)) {
      refused.forgive(tenant, new CommitId(commit));
    }
    if (CommitId.isValid(left)) {
      refused.refuse(
          tenant,
          new CommitId(left),
          "",
          "the operator went back to generation " + target.number());
    }
  }

  private Result activate(Generation target, FlightLog flights) throws IOException {
    Optional<SystemState> system = system();
    CataloguedImages images = new CataloguedImages(host.images());
    system.ifPresent(known -> images.know(known.images()));
    SystemConfig.Health health =
        system
            .filter(known -> !known.frozen())
            .map(SystemState::health)
            .orElse(new SystemConfig.Health(Duration.ofMinutes(5), true));
    Announcer announcer = new Announcer(new AuditLog(state), host.messages());
    Probe probe = new Probe(host.systemd(), host.inside(), host.pace());
    Parts parts =
        new Parts(store, refused, flights, host.systemd(), probe, images, announcer, host.pace());
    TenantId tenant = target.tenant();
    try (Activator activator = new Activator(parts, health)) {
      activator.carryOut(
          List.of(Order.rollback(tenant, target.number(), "the operator went back")));
      while (!activator.await(LOOK)) {
        // It has a deadline of its own.
      }
      Result result = activator.results().get(tenant);
      if (result == null) {
        throw new IllegalStateException("no result for tenant " + tenant);
      }
      return result;
    }
  }

  private Optional<SystemState> system() throws IOException {
    try {
      return new Staging(state).systemState();
    } catch (UncheckedIOException _) {
      return Optional.empty();
    }
  }

  private static void error(TenantId tenant, String message, String help, Report report) {
    report.add(Code.BB304, Location.ofFile(tenant.value(), "", ""), message, "", help);
  }
}
