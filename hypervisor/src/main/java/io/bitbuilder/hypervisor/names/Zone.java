package io.bitbuilder.hypervisor.names;

import io.bitbuilder.hypervisor.model.TenantId;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The names of one tenant: {@code web.acme.internal} and the addresses behind it, and what the
 * addresses are called. Besides, it knows which names nobody may be asked for: those of other
 * tenants, of addresses that mean something else everywhere, and those that are reserved.
 */
final class Zone {
  /** Where all tenants' names are; reserved for uses like this one (ICANN, 2024). */
  static final String INTERNAL = "internal";

  /** Names that are for other ways to look up names, or for none (RFC 6761, 6762, 7686, 9476). */
  private static final List<String> RESERVED =
      List.of("localhost", "local", "invalid", "test", "onion", "alt", "home.arpa");

  private final long serial;
  private final Map<DomainName, List<Data>> records;

  /** Names that have no records, but others below them. */
  private final Set<DomainName> between = new HashSet<>();

  /** Zones of which we know all there is. */
  private final Set<DomainName> known;

  private Zone(DomainName apex, long serial, Map<DomainName, List<Data>> records) {
    this.serial = serial;
    this.records = records;
    this.known = Reverse.local();
    RESERVED.forEach(name -> known.add(DomainName.of(name)));
    known.add(DomainName.of(INTERNAL));
    known.add(apex);
    for (DomainName name : records.keySet()) {
      while (!name.isRoot()) {
        name = name.parent();
        between.add(name);
      }
    }
  }

  /** What is there by a name. */
  sealed interface Found {
    /** These, and they are all. */
    record Records(List<Data> records) implements Found {
      public Records {
        records = List.copyOf(records);
      }
    }

    /** The name is there, but has no such records. */
    record NoRecords(Optional<Data.Start> zone) implements Found {}

    /** There is no such name. */
    record NoName(Optional<Data.Start> zone) implements Found {}

    /** It is none of the tenant's. */
    record Elsewhere() implements Found {}
  }

  /**
   * The names of a tenant.
   *
   * @param serial its version
   * @param addresses by the name of the container or machine
   */
  static Zone of(TenantId tenant, long serial, Map<String, List<InetAddress>> addresses) {
    DomainName apex = DomainName.of(tenant + "." + INTERNAL);
    Map<DomainName, List<Data>> records = new HashMap<>();
    Map<DomainName, List<Data>> pointers = new LinkedHashMap<>();
    addresses.forEach((name, all) -> {
      DomainName full = DomainName.of(name + "." + tenant + "." + INTERNAL);
      List<Data> data = new ArrayList<>();
      for (InetAddress address : all) {
        data.add(new Data.Address(address.getAddress()));
        pointers
            .computeIfAbsent(Reverse.of(address), _ -> new ArrayList<>())
            .add(new Data.Pointer(full));
      }
      records.put(full, data);
    });
    records.putAll(pointers);
    records.put(apex, List.of(new Data.Start(apex, serial), new Data.Server(apex)));
    return new Zone(apex, serial, records);
  }

  /** Looks for records of one type, or of any. */
  Found find(DomainName name, int type) {
    Optional<Data.Start> zone = zone(name);
    List<Data> all = records.get(name);
    if (all != null) {
      List<Data> wanted =
          all.stream().filter(data -> type == Type.ANY || data.type() == type).toList();
      return wanted.isEmpty() ? new Found.NoRecords(zone) : new Found.Records(wanted);
    }
    if (zone.isEmpty()) {
      return new Found.Elsewhere();
    }
    // A zone is there even if it is empty.
    return between.contains(name) || known.contains(name)
        ? new Found.NoRecords(zone)
        : new Found.NoName(zone);
  }

  /** Whether something of the tenant's is below a name, though itself it is not the tenant's. */
  boolean isAbove(DomainName name) {
    return between.contains(name);
  }

  /** The zone a name is in, of those we know: the nearest. */
  private Optional<Data.Start> zone(DomainName name) {
    for (DomainName at = name; !at.isRoot(); at = at.parent()) {
      if (known.contains(at)) {
        return Optional.of(new Data.Start(at, serial));
      }
    }
    return Optional.empty();
  }
}
