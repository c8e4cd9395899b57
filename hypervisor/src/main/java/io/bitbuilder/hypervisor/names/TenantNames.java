package io.bitbuilder.hypervisor.names;

import io.bitbuilder.hypervisor.compiler.Compiled.Resource;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The names of a tenant as its current generation has them, read again when another one is current:
 * whoever answers need not be told.
 */
public final class TenantNames {
  /** Looking costs two system calls, and who asks does so by the thousand. */
  private static final long BETWEEN_LOOKS = Duration.ofMillis(100).toNanos();

  /** What {@code FORWARD} says for those the host asks. */
  private static final String HOST = "host";

  private final Store store;
  private final TenantId tenant;
  private final ResourceName network;
  private final String started;
  private final LongSupplier nanos;
  private @Nullable Integer number;
  private Optional<Names> names = Optional.empty();
  private long looked;

  /**
   * The names of a tenant, for one of its networks.
   *
   * @param started who was to be asked for other names when we were started, as {@code FORWARD}
   *     says it; empty for nobody
   * @param nanos a clock that only ever goes on
   */
  public TenantNames(
      Store store, TenantId tenant, ResourceName network, String started, LongSupplier nanos) {
    this.store = store;
    this.tenant = tenant;
    this.network = network;
    this.started = started;
    this.nanos = nanos;
    this.looked = nanos.getAsLong() - BETWEEN_LOOKS;
  }

  /**
   * What there is to know.
   *
   * @param link the network that may ask
   * @param others who is asked for names that are not the tenant's
   * @param changed whether that is somebody else than when we were started. What a service may
   *     reach is said at its start.
   */
  record Names(Zone zone, Link link, Others others, boolean changed) {}

  /** Who is asked for names that are not the tenant's. */
  sealed interface Others {
    /** There are no other names. */
    record Nobody() implements Others {}

    /** Whoever the host asks. */
    record Host() implements Others {}

    /** These, one after the other. */
    record Servers(List<InetAddress> servers) implements Others {
      public Servers {
        servers = List.copyOf(servers);
      }
    }
  }

  /**
   * The names as they are now; empty when the tenant is off or has no such network.
   *
   * @throws IOException when they could not be read, and never were
   */
  synchronized Optional<Names> current() throws IOException {
    long now = nanos.getAsLong();
    if (now - looked < BETWEEN_LOOKS) {
      return names;
    }
    looked = now;
    try {
      Integer current = store.selection().get(tenant);
      if (current == null) {
        names = Optional.empty();
      } else if (!current.equals(number)) {
        Optional<Generation> generation = store.generation(tenant, current);
        names = generation.isPresent() ? understood(generation.get()) : Optional.empty();
      }
      number = current;
    } catch (IOException e) {
      // A generation that goes while it is read makes room for the next.
      if (number == null) {
        throw e;
      }
    }
    return names;
  }

  private Optional<Names> understood(Generation generation) throws IOException {
    try {
      return read(generation);
    } catch (IllegalArgumentException e) {
      throw new IOException("damaged generation " + generation.directory(), e);
    }
  }

  private Optional<Names> read(Generation generation) throws IOException {
    Map<String, List<InetAddress>> guests = new LinkedHashMap<>();
    for (Resource resource : generation.manifest().resources()) {
      if (resource.kind() != Resource.Kind.SCRIPT) {
        List<InetAddress> all = new ArrayList<>();
        for (String text : List.of(resource.address(), resource.port().address6())) {
          if (!text.isEmpty()) {
            all.add(InetAddress.ofLiteral(text));
          }
        }
        guests.put(resource.name().value(), all);
      }
    }
    Zone zone = Zone.of(tenant, generation.number(), guests);
    Map<String, String> settings = settings(generation);
    Optional<String> addresses = ofNetwork(settings.getOrDefault("RESOLVERS", ""));
    if (addresses.isEmpty()) {
      return Optional.empty();
    }
    String others = ofNetwork(settings.getOrDefault("FORWARD", "")).orElse("");
    return Optional.of(
        new Names(zone, Link.of(addresses.get()), others(others), !others.equals(started)));
  }

  private static Others others(String text) throws IOException {
    if (text.isEmpty()) {
      return new Others.Nobody();
    }
    if (text.equals(HOST)) {
      return new Others.Host();
    }
    List<InetAddress> servers = new ArrayList<>();
    for (String server : text.split(",", -1)) {
      InetAddress address = InetAddress.ofLiteral(server);
      if (Upstream.isAllowed(address)) {
        servers.add(address);
      }
    }
    return servers.isEmpty() ? new Others.Nobody() : new Others.Servers(servers);
  }

  /** What of {@code lan=VALUE wan=VALUE} is said of our network. */
  private Optional<String> ofNetwork(String list) {
    String start = network + "=";
    for (String entry : list.split(" ", -1)) {
      if (entry.startsWith(start)) {
        return Optional.of(entry.substring(start.length()));
      }
    }
    return Optional.empty();
  }

  private static Map<String, String> settings(Generation generation) throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    String text =
        Files.readString(generation.directory().resolve("tenant.conf"), StandardCharsets.UTF_8);
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        settings.put(line.substring(0, equals), line.substring(equals + 1).replace("\"", ""));
      }
    }
    return settings;
  }
}
