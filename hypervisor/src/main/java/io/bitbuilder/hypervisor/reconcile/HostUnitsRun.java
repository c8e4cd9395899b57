package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.activation.Announcer;
import io.bitbuilder.hypervisor.activation.HostSwitch;
import io.bitbuilder.hypervisor.compiler.PortableUnits;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.generation.AcceptedFile;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.HostStore;
import io.bitbuilder.hypervisor.generation.HostStore.Flight;
import io.bitbuilder.hypervisor.generation.HostStore.Made;
import io.bitbuilder.hypervisor.generation.HostStore.Refusal;
import io.bitbuilder.hypervisor.generation.HostStore.Standing;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.host.Pace;
import io.bitbuilder.hypervisor.host.Systemd.NotPortable;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.HostUnits;
import io.bitbuilder.hypervisor.model.SystemConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Brings what the system repository puts on the host itself to the host, watches it come up, and
 * goes back when it does not.
 *
 * <p>These units run as root, so nobody's word is taken for them: whatever compile staged is only
 * the name of a commit. It is verified here once more, from the last one that was carried out on,
 * and its files are read from the object store, where every object is what its name says.
 */
final class HostUnitsRun {
  /** A change that was cut short this often is not tried again. */
  private static final int ATTEMPTS = 3;

  private static final String SCOPE = "system";

  private final Opening opening;
  private final HostStore store;
  private final PortableServices portables;
  private final HostSwitch hostSwitch;
  private final Announcer announcer;
  private final Pace pace;

  /** Opens what was fetched: only when there is a commit to look at. */
  @FunctionalInterface
  interface Opening {
    /** Opens it. */
    Stages open() throws IOException;
  }

  HostUnitsRun(
      Opening opening,
      HostStore store,
      PortableServices portables,
      HostSwitch hostSwitch,
      Announcer announcer,
      Pace pace) {
    this.opening = opening;
    this.store = store;
    this.portables = portables;
    this.hostSwitch = hostSwitch;
    this.announcer = announcer;
    this.pace = pace;
  }

  /**
   * Goes to what a commit says.
   *
   * @return why the host is not there; empty when it is, or was not to change
   * @throws IOException when something of ours cannot be read or written, or systemd not be reached
   */
  Optional<String> carryOut(SystemState system) throws IOException {
    Standing standing = store.standing();
    if (standing.flight().isPresent()) {
      Optional<String> trouble = travel(standing, standing.flight().get(), system.health());
      if (trouble.isPresent()) {
        return trouble;
      }
      standing = store.standing();
    }
    if (system.frozen() || !CommitId.isValid(system.commit())) {
      return Optional.empty();
    }
    CommitId commit = new CommitId(system.commit());
    boolean known =
        standing.commit().filter(commit::equals).isPresent()
            || standing.refused().filter(one -> one.commit().equals(commit)).isPresent();
    return known ? Optional.empty() : go(standing, commit, system.health());
  }

  private Optional<String> go(Standing standing, CommitId commit, SystemConfig.Health health)
      throws IOException {
    Report report = new Report();
    Stages stages = opening.open();
    Optional<HostConfig> host = stages.hostConfig(report);
    if (host.isEmpty()) {
      // Compile has said so, and nothing says whose word counts.
      return Optional.empty();
    }
    AcceptedFile.Commits before = new AcceptedFile.Commits(standing.commit(), new TreeMap<>());
    Optional<String> signer = new Verification(stages, before).system(host.get(), commit, report);
    Optional<HostUnits> units =
        signer.isEmpty() ? Optional.empty() : stages.readHostUnits(commit, report);
    if (units.isEmpty()) {
      return Optional.of("unchanged, for " + report.sorted().getFirst().message());
    }
    int from = store.current();
    if (units.get().equals(store.generation(from).map(Made::units).orElse(HostUnits.NONE))) {
      store.write(new Standing(Optional.of(commit), Optional.empty(), Optional.empty()));
      return Optional.empty();
    }
    int to = 0;
    if (!units.get().isEmpty()) {
      SortedMap<String, Path> images =
          store.keep(units.get(), (name, into) -> stages.copyImage(commit, name, into));
      try {
        PortableUnits portable = portables.unpack(units.get(), images);
        to = store.add(units.get(), portable, commit, signer.orElseThrow(), pace.now());
      } catch (NotPortable e) {
        String why = Quote.escape(String.valueOf(e.getMessage()), 300);
        tell(AuditLog.Event.REFUSED, to, commit, why);
        refuse(standing, new Refusal(commit, to, why));
        return Optional.of(why);
      }
    }
    return travel(standing, new Flight(from, to, commit, 0), health);
  }

  private Optional<String> travel(Standing standing, Flight flight, SystemConfig.Health health)
      throws IOException {
    Flight begun = new Flight(flight.from(), flight.to(), flight.commit(), flight.attempts() + 1);
    store.write(new Standing(standing.commit(), Optional.of(begun), standing.refused()));
    Optional<String> trouble =
        begun.attempts() > ATTEMPTS
            ? Optional.of("activation was cut short " + ATTEMPTS + " times")
            : hostSwitch.carryOut(flight.from(), flight.to(), health.deadline());
    if (trouble.isEmpty()) {
      arrived(flight, AuditLog.Event.HEALTHY, "");
      return trouble;
    }
    String why = trouble.get();
    if (!health.rollback()) {
      arrived(flight, AuditLog.Event.DEGRADED, why);
      return trouble;
    }
    tell(AuditLog.Event.REFUSED, flight.to(), flight.commit(), why);
    Optional<String> back = hostSwitch.carryOut(flight.to(), flight.from(), health.deadline());
    refuse(standing, new Refusal(flight.commit(), flight.to(), why));
    CommitId before = standing.commit().orElse(flight.commit());
    tell(
        AuditLog.Event.RETURNED,
        flight.from(),
        before,
        back.orElse("the one after it was refused"));
    return trouble;
  }

  private void refuse(Standing standing, Refusal refusal) throws IOException {
    store.write(new Standing(standing.commit(), Optional.empty(), Optional.of(refusal)));
  }

  private void arrived(Flight flight, AuditLog.Event event, String why) throws IOException {
    store.write(new Standing(Optional.of(flight.commit()), Optional.empty(), Optional.empty()));
    tell(event, flight.to(), flight.commit(), why);
  }

  private void tell(AuditLog.Event event, int generation, CommitId commit, String why)
      throws IOException {
    String signer = store.generation(generation).map(Made::signer).orElse("");
    announcer.tell(
        new AuditLog.Entry(
            pace.now(),
            SCOPE,
            event,
            generation,
            commit.value(),
            "",
            "units and extensions of the host",
            signer,
            Quote.escape(why, 300),
            new TreeMap<>()));
  }
}
