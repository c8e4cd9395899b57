package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Decides what tenants get: that they fit, and which names, UIDs and addresses are theirs.
 *
 * <p>The order of the requests has no influence. Wishes for a bridge or a subnet are met before
 * anything is chosen freely; among new wishes for the same thing the lowest tenant id wins, but
 * never over a tenant that has it. A tenant with errors gets nothing new and keeps what it had.
 */
public final class Planner {
  private final SystemConfig config;
  private final Report report;
  private final Ledger ledger;
  private final Spans spans;

  private Planner(SystemConfig config, Report report, Ledger ledger) {
    this.config = config;
    this.report = report;
    this.ledger = ledger;
    this.spans = new Spans(config.fleet(), ledger.subnets6.pool());
  }

  /**
   * Plans tenants.
   *
   * @param capacity what the host has
   * @param requests the tenants to plan
   * @param all every registered tenant that is to run here, planned now or not; disabled ones among
   *     them do not count
   * @param before all choices so far; without a {@linkplain Allocations#seeded seed}, machine ids
   *     and MAC addresses are the same on every host
   * @param report takes the findings; their repository is the tenant's id, or {@code system}
   * @throws IllegalArgumentException when the choices so far contradict each other
   */
  public static Planned plan(
      SystemConfig config,
      Capacity capacity,
      List<Request> requests,
      List<TenantEntry> all,
      Allocations before,
      Report report) {
    Optional<Subnet> pool = Subnet.parse(config.network().ipv4Pool());
    if (pool.isEmpty()) {
      report.add(
          Code.BB209,
          config.origin().at("/network/ipv4Pool"),
          "the pool " + Quote.quote(config.network().ipv4Pool()) + " is not an IPv4 subnet",
          "a subnet without host bits, such as 10.128.0.0/9");
      return new Planned(Collections.emptySortedMap(), before);
    }
    Optional<Subnet6> pool6 = Subnet6.parse(config.network().ipv6Pool());
    if (pool6.isEmpty()) {
      report.add(
          Code.BB209,
          config.origin().at("/network/ipv6Pool"),
          "the pool " + Quote.quote(config.network().ipv6Pool()) + " is not an IPv6 subnet",
          "a subnet of 64 bits or wider without host bits, such as fd00:b17b::/32");
      return new Planned(Collections.emptySortedMap(), before);
    }
    return new Planner(config, report, new Ledger(before, pool.get(), pool6.get()))
        .plan(capacity, requests, all);
  }

  private Planned plan(Capacity capacity, List<Request> requests, List<TenantEntry> all) {
    List<TenantEntry> enabled = all.stream().filter(TenantEntry::enabled).toList();
    Set<TenantId> ambiguous = new HashSet<>(duplicates(enabled, TenantEntry::id));
    ambiguous.addAll(duplicates(requests, Request::id));
    Overcommit overcommit =
        new Overcommit(config.host(), capacity, enabled, Set.copyOf(ledger.tenants()));

    TakenRanges ranges = new TakenRanges(config.network(), capacity, all);
    List<TenantChoices> wishing = new ArrayList<>();
    List<Request> ordered = new ArrayList<>(requests);
    ordered.sort(Comparator.comparing(Request::id));
    for (Request request : ordered) {
      Report own = new Report();
      check(request, ambiguous, overcommit, own);
      if (keep(own)) {
        wishing.add(new TenantChoices(request, spans, ledger, ranges));
      }
    }
    List<TenantChoices> granted = new ArrayList<>();
    for (TenantChoices choices : wishing) {
      Report own = new Report();
      choices.claimWishes(own);
      if (keep(own)) {
        granted.add(choices);
      }
    }
    SortedMap<TenantId, ResolvedTenant> resolved = new TreeMap<>();
    for (TenantChoices choices : granted) {
      Report own = new Report();
      choices.choose(own);
      if (keep(own)) {
        ledger.replace(choices.tenant(), choices.entries());
        resolved.put(choices.tenant(), resolve(choices));
      }
    }
    return new Planned(resolved, ledger.allocations());
  }

  private boolean keep(Report own) {
    report.addAll(own);
    return !own.hasErrors();
  }

  private void check(Request request, Set<TenantId> ambiguous, Overcommit overcommit, Report own) {
    TenantId id = request.id();
    String commit = request.commit().map(CommitId::abbreviated).orElse("");
    Location whole = Location.ofFile(id.value(), commit, "");
    if (ambiguous.contains(id)) {
      own.add(
          Code.BB401,
          whole,
          "two repositories are registered as tenant `" + id + "`",
          "one repository per tenant id",
          "ask the host operator to rename one of them in the registry");
      return;
    }
    Quotas.check(request, own);
    overcommit.finding(id, whole).ifPresent(own::add);
    Set<String> uids = duplicates(request.tenant().guests(), Guest::uid);
    Set<ResourceName> networks = duplicates(request.tenant().networks(), Tenant.Network::name);
    for (Tenant.Network network : request.tenant().networks()) {
      if (networks.contains(network.name())) {
        String message = "network `" + network.name() + "` is declared twice";
        own.add(Code.BB305, network.origin().at("/name"), message, "a name of its own");
      }
    }
    for (Guest guest : request.tenant().guests()) {
      checkGuest(guest, uids, request.tenant(), own);
    }
    NameServers.check(request.tenant(), config.network(), own);
    PublishedPorts.check(request, own);
    NameServers.check(request.tenant(), config.network(), own);
  }

  private void checkGuest(Guest guest, Set<String> uids, Tenant tenant, Report own) {
    if (uids.contains(guest.uid())) {
      String message = "two guests have the uid " + Quote.quote(guest.uid());
      own.add(Code.BB305, guest.origin().at("/uid"), message, "a uid of its own");
    }
    checkImage(guest, own);
    if (guest.networks().size() > 1) {
      own.add(
          Code.BB212,
          guest.origin().at("/networks"),
          guest.kind() + " `" + guest.name() + "` joins more than one network",
          "one network",
          "name one network only");
    }
    for (ResourceName name : guest.networks()) {
      if (tenant.networks().stream().noneMatch(network -> network.name().equals(name))) {
        own.add(
            Code.BB304,
            guest.origin().at("/networks"),
            "network `" + name + "` is not declared",
            "a network of the tenant",
            "declare it in network/topology.yaml");
      }
    }
  }

  private void checkImage(Guest guest, Report own) {
    CatalogueImage image = config.images().get(guest.image());
    if (image == null) {
      if (!(guest instanceof Container && guest.image().equals("host"))) {
        own.add(
            Code.BB409,
            guest.origin().at("/image"),
            "image " + Quote.quote(guest.image()) + " is not in the catalogue of this host",
            catalogue(),
            "name one of these, or ask the host operator to add the image to `images` of the system"
                + " repository");
      }
      return;
    }
    for (CatalogueImage part : parts(guest, image)) {
      if (part.sha256().isEmpty()) {
        own.add(
            Code.BB608,
            guest.origin().at("/image"),
            "nothing its publisher signed counts for image " + Quote.quote(part.name()),
            "an image with a signature that counts",
            "ask the host operator: `bitbuilder status` says what is wrong with it");
        return;
      }
    }
    if (!(guest instanceof Machine machine)) {
      return;
    }
    if (image.type() != CatalogueImage.Type.RAW) {
      own.add(
          Code.BB409,
          guest.origin().at("/image"),
          "image " + Quote.quote(guest.image()) + " is an archive of files, and no disk",
          "an image with `type: raw`",
          "use a container for this image");
    } else if (machine.firmware() == Machine.Firmware.NONE && kernel(machine).isEmpty()) {
      own.add(
          Code.BB409,
          guest.origin().at("/firmware"),
          "image " + Quote.quote(guest.image()) + " brings no kernel to start without firmware",
          "firmware: uefi or bios",
          "remove `firmware`, or ask the host operator to add `kernel` and `initrd` to the image");
    }
  }

  /** The files a guest is made from. */
  private List<CatalogueImage> parts(Guest guest, CatalogueImage image) {
    List<CatalogueImage> parts = new ArrayList<>(List.of(image));
    if (guest instanceof Machine machine && machine.firmware() == Machine.Firmware.NONE) {
      for (String suffix : List.of(CatalogueImage.KERNEL, CatalogueImage.INITRD)) {
        Optional.ofNullable(config.images().get(image.name() + suffix)).ifPresent(parts::add);
      }
    }
    return parts;
  }

  private Optional<ResolvedTenant.Kernel> kernel(Machine machine) {
    CatalogueImage image = config.images().get(machine.image());
    CatalogueImage kernel = config.images().get(machine.image() + CatalogueImage.KERNEL);
    CatalogueImage initrd = config.images().get(machine.image() + CatalogueImage.INITRD);
    return machine.firmware() != Machine.Firmware.NONE
            || image == null
            || kernel == null
            || initrd == null
        ? Optional.empty()
        : Optional.of(new ResolvedTenant.Kernel(kernel.sha256(), initrd.sha256(), image.options()));
  }

  /** The names of the catalogue, at most ten of them. */
  private String catalogue() {
    List<String> names = new ArrayList<>(List.of("host"));
    List<String> known =
        config.images().values().stream()
            .filter(image -> image.type() != CatalogueImage.Type.FILE)
            .map(CatalogueImage::name)
            .toList();
    known.stream().limit(10).map(Quote::escape).forEach(names::add);
    int more = known.size() + 1 - names.size();
    return String.join(", ", names) + (more > 0 ? " and " + more + " more" : "");
  }

  private ResolvedTenant resolve(TenantChoices choices) {
    Request request = choices.request();
    Tenant tenant = request.tenant();
    List<ResolvedTenant.ResolvedContainer> containers = new ArrayList<>();
    for (Container container : tenant.containers()) {
      containers.add(
          new ResolvedTenant.ResolvedContainer(
              container,
              container.name() + "." + request.id(),
              choices.uidBase(container),
              choices.machineId(container),
              Optional.ofNullable(config.images().get(container.image())),
              choices.port(container)));
    }
    List<ResolvedTenant.ResolvedMachine> machines = new ArrayList<>();
    for (Machine machine : tenant.machines()) {
      machines.add(
          new ResolvedTenant.ResolvedMachine(
              machine,
              machine.name() + "." + request.id(),
              choices.uidBase(machine),
              choices.machineId(machine),
              Objects.requireNonNull(config.images().get(machine.image())),
              kernel(machine),
              choices.port(machine)));
    }
    return new ResolvedTenant(
        request.id(),
        tenant.name(),
        request.commit(),
        Quotas.claim(tenant, request.entry().quota()),
        Quotas.limits(tenant.limits()),
        choices.networks(),
        containers,
        machines,
        TunnelChoices.resolve(request, choices.entries()),
        tenant.firewall(),
        config.network(),
        tenant.scripts(),
        tenant.secrets());
  }

  /** What more than one of the items has. */
  private static <T, K> Set<K> duplicates(List<T> items, Function<T, K> key) {
    Set<K> seen = new HashSet<>();
    Set<K> twice = new HashSet<>();
    for (T item : items) {
      K value = key.apply(item);
      if (!seen.add(value)) {
        twice.add(value);
      }
    }
    return twice;
  }
}
