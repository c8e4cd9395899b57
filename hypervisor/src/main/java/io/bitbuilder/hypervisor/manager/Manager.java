package io.bitbuilder.hypervisor.manager;

import io.bitbuilder.hypervisor.compiler.Compiled.Resource;
import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.host.Pace;
import io.bitbuilder.hypervisor.host.Systemd;
import io.bitbuilder.hypervisor.host.UnitState;
import io.bitbuilder.hypervisor.manager.VarlinkServer.Reply;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The infrastructure manager of one tenant. Callers are its own scripts and programs, which are not
 * trusted: whatever they send, they see and steer guests of this tenant's current generation and
 * nothing else, and no answer tells of another tenant.
 */
public final class Manager implements VarlinkServer.Service {
  private static final String STANDARD = "org.varlink.service";

  /** Longer than a machine has to end before it is ended (tenant-machine@.service). */
  private static final Duration STEERING = Duration.ofMinutes(5);

  private static final Duration BETWEEN_SYNCS = Duration.ofSeconds(10);

  /** https://varlink.org/Service */
  private static final String STANDARD_DESCRIPTION =
      """
      interface org.varlink.service
      method GetInfo() -> (vendor: string, product: string, version: string, url: string, interfaces: []string)
      method GetInterfaceDescription(interface: string) -> (description: string)
      error InterfaceNotFound (interface: string)
      error MethodNotFound (method: string)
      error InvalidParameter (parameter: string)
      """;

  private final TenantId tenant;
  private final Store store;
  private final Systemd systemd;
  private final Pace pace;
  private final String version;
  private final ReentrantLock steering = new ReentrantLock();
  private Optional<Duration> synced = Optional.empty();

  /**
   * That of one tenant.
   *
   * @param version of this program
   */
  public Manager(TenantId tenant, Store store, Systemd systemd, Pace pace, String version) {
    this.tenant = tenant;
    this.store = store;
    this.systemd = systemd;
    this.pace = pace;
    this.version = version;
  }

  /** A call that ends in an error of the interface. */
  private static final class Declined extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Reply reply;

    Declined(String error, Map<String, ?> parameters) {
      super(error);
      this.reply = Reply.failed(error, parameters);
    }

    static Declined own(String error, Map<String, ?> parameters) {
      return new Declined(TenantInterface.NAME + "." + error, parameters);
    }

    static Declined standard(String error, String member, String value) {
      return new Declined(STANDARD + "." + error, Map.of(member, value));
    }
  }

  @Override
  public Reply answer(String method, Map<String, @Nullable Object> parameters) {
    try {
      return Reply.of(called(method, parameters));
    } catch (Declined declined) {
      return declined.reply;
    } catch (IOException e) {
      // Of paths and programs of the host the tenant learns nothing.
      return Declined.own("Failed", Map.of("reason", "the host cannot say")).reply;
    }
  }

  private Map<String, ?> called(String method, Map<String, @Nullable Object> parameters)
      throws IOException, Declined {
    return switch (method) {
      case STANDARD + ".GetInfo" -> info();
      case STANDARD + ".GetInterfaceDescription" -> description(parameters);
      case TenantInterface.NAME + ".List" -> list();
      case TenantInterface.NAME + ".Describe" -> Map.of("guest", describe(parameters));
      case TenantInterface.NAME + ".Start" -> steer(Systemd.Verb.START, parameters);
      case TenantInterface.NAME + ".Stop" -> steer(Systemd.Verb.STOP, parameters);
      case TenantInterface.NAME + ".Restart" -> steer(Systemd.Verb.RESTART, parameters);
      case TenantInterface.NAME + ".Sync" -> sync();
      default -> {
        String name = method.substring(0, Math.max(0, method.lastIndexOf('.')));
        throw name.equals(TenantInterface.NAME) || name.equals(STANDARD)
            ? Declined.standard("MethodNotFound", "method", method)
            : Declined.standard("InterfaceNotFound", "interface", name);
      }
    };
  }

  private Map<String, ?> info() {
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("vendor", "BitBuilder");
    info.put("product", "BitBuilder Hypervisor");
    info.put("version", version);
    info.put("url", "");
    info.put("interfaces", List.of(TenantInterface.NAME, STANDARD));
    return info;
  }

  private static Map<String, ?> description(Map<String, @Nullable Object> parameters)
      throws Declined {
    String name = text("interface", parameters);
    return switch (name) {
      case TenantInterface.NAME -> Map.of("description", TenantInterface.DESCRIPTION);
      case STANDARD -> Map.of("description", STANDARD_DESCRIPTION);
      default -> throw Declined.standard("InterfaceNotFound", "interface", name);
    };
  }

  private Map<String, ?> list() throws IOException, Declined {
    Generation current = current();
    List<Resource> guests = guests(current);
    String health = TenantUnits.script(tenant, Script.HEALTH_CHECK);
    List<String> units = new ArrayList<>(guests.stream().map(Resource::unit).toList());
    units.add(health);
    Map<String, UnitState> states = systemd.states(units);
    Map<String, Object> reply = new LinkedHashMap<>();
    reply.put("tenant", tenant.value());
    reply.put("generation", generation(current));
    reply.put("health", health(Optional.ofNullable(states.get(health))));
    reply.put(
        "guests",
        guests.stream()
            .map(guest -> guest(guest, Optional.ofNullable(states.get(guest.unit()))))
            .toList());
    return reply;
  }

  private static String health(Optional<UnitState> check) {
    return check
        .filter(state -> state.exists() && !state.invocation().isEmpty())
        .map(state -> state.hasFailed() ? "unhealthy" : "healthy")
        .orElse("");
  }

  private static Map<String, ?> generation(Generation current) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("number", (long) current.number());
    map.put("commit", current.manifest().commit());
    map.put("author", current.manifest().author());
    map.put("subject", current.manifest().subject());
    map.put(
        "verdict",
        current
            .verdict()
            .map(verdict -> verdict.state().name().toLowerCase(Locale.ROOT))
            .orElse(""));
    map.put("reason", current.verdict().map(Verdict::reason).orElse(""));
    return map;
  }

  private Map<String, ?> describe(Map<String, @Nullable Object> parameters)
      throws IOException, Declined {
    Resource guest = named(parameters);
    return guest(
        guest, Optional.ofNullable(systemd.states(List.of(guest.unit())).get(guest.unit())));
  }

  private static Map<String, ?> guest(Resource guest, Optional<UnitState> state) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", guest.name().value());
    map.put("kind", guest.kind().word());
    map.put("state", state.map(UnitState::active).orElse("inactive"));
    map.put("result", state.map(UnitState::result).orElse(""));
    map.put("since", state.flatMap(UnitState::since).map(Instant::getEpochSecond).orElse(0L));
    map.put("restarts", state.map(one -> (long) one.restarts()).orElse(0L));
    map.put("address", guest.address());
    map.put("image", guest.image());
    map.put("autostart", guest.autostart());
    return map;
  }

  private Map<String, ?> steer(Systemd.Verb verb, Map<String, @Nullable Object> parameters)
      throws IOException, Declined {
    Resource guest = named(parameters);
    if (!steering.tryLock()) {
      throw Declined.own("Busy", Map.of("retryAfterSeconds", 1L));
    }
    try {
      if (verb != Systemd.Verb.STOP) {
        systemd.run(Systemd.Verb.RESET_FAILED, List.of(guest.unit()), STEERING);
      }
      Systemd.Done done = systemd.run(waiting(verb, guest), List.of(guest.unit()), STEERING);
      if (!done.ok()) {
        throw Declined.own("Failed", Map.of("reason", reason(guest, done)));
      }
      return Map.of();
    } finally {
      steering.unlock();
    }
  }

  /** Whoever has the instance stopped that it runs in cannot wait for the end of it. */
  private static Systemd.Verb waiting(Systemd.Verb verb, Resource guest) {
    if (!guest.name().equals(Tenant.INFRA)) {
      return verb;
    }
    return switch (verb) {
      case STOP -> Systemd.Verb.BEGIN_STOP;
      case RESTART -> Systemd.Verb.BEGIN_RESTART;
      default -> verb;
    };
  }

  /** In words of ours: systemd's own name units and files of the host. */
  private String reason(Resource guest, Systemd.Done done) throws IOException {
    if (done.timedOut()) {
      return guest.name() + " takes too long";
    }
    return Optional.ofNullable(systemd.states(List.of(guest.unit())).get(guest.unit()))
        .map(state -> guest.name() + " is " + state.active() + ": " + state.result())
        .orElse(guest.name() + " cannot be started");
  }

  private synchronized Map<String, ?> sync() throws IOException, Declined {
    Duration now = pace.elapsed();
    if (synced.isPresent()) {
      Duration wait = synced.get().plus(BETWEEN_SYNCS).minus(now);
      if (wait.isPositive()) {
        throw Declined.own("Busy", Map.of("retryAfterSeconds", wait.toSeconds() + 1));
      }
    }
    synced = Optional.of(now);
    if (!systemd.run(Systemd.Verb.BEGIN, List.of("bitbuilder-fetch.service"), STEERING).ok()) {
      throw Declined.own("Failed", Map.of("reason", "a sync cannot be started"));
    }
    return Map.of();
  }

  private Resource named(Map<String, @Nullable Object> parameters) throws IOException, Declined {
    String name = text("name", parameters);
    return guests(current()).stream()
        .filter(guest -> guest.name().value().equals(name))
        .findFirst()
        .orElseThrow(() -> Declined.own("NoSuchGuest", Map.of("name", Quote.escape(name, 100))));
  }

  private Generation current() throws IOException, Declined {
    return store
        .current(tenant)
        .orElseThrow(() -> Declined.own("Failed", Map.of("reason", "the tenant is off")));
  }

  private static List<Resource> guests(Generation generation) {
    return generation.manifest().resources().stream()
        .filter(resource -> resource.kind() != Resource.Kind.SCRIPT)
        .toList();
  }

  private static String text(String member, Map<String, @Nullable Object> parameters)
      throws Declined {
    if (parameters.size() == 1 && parameters.get(member) instanceof String text) {
      return text;
    }
    throw Declined.standard("InvalidParameter", "parameter", member);
  }
}
