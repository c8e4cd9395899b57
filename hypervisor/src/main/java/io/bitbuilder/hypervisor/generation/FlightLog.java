package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which tenants are on their way from one generation to another ({@code journal.json}), written
 * before anything of them is changed and until there is a verdict. What it names when an activation
 * begins was cut short. Safe for several threads.
 */
public final class FlightLog {
  private final Path file;
  private final Disk disk;
  private final SortedMap<TenantId, Flight> flights = new TreeMap<>();
  private final Object writing = new Object();
  private long changes;
  private long written;

  /**
   * Reads the log.
   *
   * @param root /var/lib/bitbuilder
   * @throws IOException when the file is damaged
   */
  public FlightLog(Path root) throws IOException {
    this(root, Disk.LOCAL);
  }

  FlightLog(Path root, Disk disk) throws IOException {
    this.file = root.resolve("journal.json");
    this.disk = disk;
    String text = Durable.read(file).orElse("{\"flights\": []}");
    try {
      for (Fields fields : new Fields(Json.parseObject(text)).objects("flights")) {
        Flight flight = Flight.of(fields);
        flights.put(flight.tenant(), flight);
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IOException("damaged file " + file + ": " + e.getMessage(), e);
    }
  }

  /** Why a tenant is on its way. */
  public enum Kind {
    /** To a new generation. */
    CHANGE,
    /** Back from one that was unhealthy. */
    RETURN,
    /** To an older one, by the operator's wish. */
    ROLLBACK,
    /** To nothing: it is disabled, not placed here, or removed. */
    OFF
  }

  /**
   * A tenant on its way.
   *
   * @param from the generation it leaves, 0 for none
   * @param to the generation it goes to, 0 for none
   * @param attempts how many activations have tried, this one included
   * @param resume units that do not start by themselves and ran when it began
   */
  public record Flight(
      TenantId tenant, int from, int to, Kind kind, int attempts, List<String> resume) {
    public Flight {
      resume = List.copyOf(resume);
    }

    private static Flight of(Fields fields) {
      return new Flight(
          new TenantId(fields.text("tenant")),
          Math.toIntExact(fields.number("from")),
          Math.toIntExact(fields.number("to")),
          Kind.valueOf(fields.text("kind").toUpperCase(Locale.ROOT)),
          Math.toIntExact(fields.number("attempts")),
          fields.texts("resume"));
    }

    private Map<String, Object> toValue() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("tenant", tenant.value());
      map.put("from", (long) from);
      map.put("to", (long) to);
      map.put("kind", kind.name().toLowerCase(Locale.ROOT));
      map.put("attempts", (long) attempts);
      map.put("resume", resume);
      return map;
    }
  }

  /** Those on their way. */
  public SortedMap<TenantId, Flight> flights() {
    synchronized (flights) {
      return Collections.unmodifiableSortedMap(new TreeMap<>(flights));
    }
  }

  /** Counts one more attempt for all, so that none is tried for ever. */
  public void countAttempt() throws IOException {
    List<Flight> counted = new ArrayList<>();
    for (Flight flight : flights().values()) {
      counted.add(
          new Flight(
              flight.tenant(),
              flight.from(),
              flight.to(),
              flight.kind(),
              flight.attempts() + 1,
              flight.resume()));
    }
    begin(counted);
  }

  /** Enters flights, each in place of an earlier one of its tenant; durable when this returns. */
  public void begin(Collection<Flight> begun) throws IOException {
    if (begun.isEmpty()) {
      return;
    }
    long mine;
    synchronized (flights) {
      begun.forEach(flight -> flights.put(flight.tenant(), flight));
      mine = ++changes;
    }
    write(mine);
  }

  /** Takes a flight out; durable when this returns. */
  public void end(TenantId tenant) throws IOException {
    long mine;
    synchronized (flights) {
      if (flights.remove(tenant) == null) {
        return;
      }
      mine = ++changes;
    }
    write(mine);
  }

  /** Writes all there is; a thread that waited here often finds that another wrote for it. */
  private void write(long mine) throws IOException {
    synchronized (writing) {
      if (written >= mine) {
        return;
      }
      List<Map<String, Object>> values;
      long latest;
      synchronized (flights) {
        values = flights.values().stream().map(Flight::toValue).toList();
        latest = changes;
      }
      if (values.isEmpty()) {
        disk.delete(file);
        disk.sync(Durable.parent(file));
      } else {
        Durable.replace(disk, file, Json.pretty(Map.of("flights", values)));
      }
      written = latest;
    }
  }
}
