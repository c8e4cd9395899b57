package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;
import static io.bitbuilder.hypervisor.schema.Consequence.RECREATE;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Node;
import io.bitbuilder.hypervisor.model.PortRange;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.Signer;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.model.TenantOrder;
import io.bitbuilder.hypervisor.model.VerifyMode;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Similar;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** tenants/registry.json of the system repository. */
final class RegistryFile {
  /** Room for ten thousand tenants. */
  static final long LIMIT = 16 << 20;

  private static final Key<TenantId> ID =
      Key.of("id", Types.TENANT_ID, RECREATE, "The immutable id of the tenant.").mandatory();
  private static final Key<String> REPOSITORY =
      Key.of(
              "repository",
              Addresses.REPOSITORY,
              LIVE,
              "Where its repository is. A tenant whose repository moved is the same tenant.")
          .mandatory();
  private static final Key<String> REF =
      Key.of("ref", Vocabulary.REF, LIVE, "The branch that is followed.").or("main", "main");
  private static final Key<String> CREDENTIAL =
      Key.of(
          "credential",
          Vocabulary.CREDENTIAL,
          LIVE,
          "The system credential that opens the repository: a token for https, a deploy key for"
              + " ssh.");
  private static final Key<Boolean> ENABLED =
      Key.of("enabled", Types.BOOLEAN, LIVE, "False stops the tenant and keeps its data.")
          .or(true, "true");
  private static final Key<Values> QUOTA =
      Key.of("quota", QuotaKeys.SHAPE, LIVE, "Most of the host that the tenant may claim.")
          .orElse("`discovery.defaultQuota`, key by key");
  private static final Key<List<String>> SIGNERS =
      Key.of(
          "signers",
          new ListOf<>(Vocabulary.SIGNER),
          LIVE,
          "Who may sign its commits, by their names among `signers` of the registry.");
  private static final Key<VerifyMode> VERIFY =
      Key.of(
              "verify",
              Types.choice(
                  Types.words(
                      List.of("require", "warn"), List.of(VerifyMode.REQUIRE, VerifyMode.WARN)),
                  Set.of()),
              LIVE,
              "How its commits are verified, where that is stricter than `verify.mode` of"
                  + " .gitops/config.yaml.")
          .orElse("`verify.mode`");
  private static final Key<List<PortRange>> PORTS =
      Key.of(
          "ports",
          new ListOf<>(FirewallFile.PORTS_TYPE),
          LIVE,
          "Ports of the host that the tenant may publish; no other tenant has them.");
  private static final Key<List<String>> PREFIXES =
      Key.of(
          "prefixes",
          new ListOf<>(Addresses.RANGE),
          LIVE,
          "Subnets that are routed to this host for the tenant's networks of mode `routed`.");
  private static final Key<List<Integer>> VNIS =
      Key.of(
          "vnis",
          new ListOf<>(Amounts.integer(1, 16_777_215)),
          LIVE,
          "Numbers of networks of mode `vxlan`; no other tenant has them.");
  private static final Key<List<String>> TAGS =
      Key.of("tags", new ListOf<>(Vocabulary.TAG), LIVE, "Tags a host must all have to run it.");
  private static final Key<Values> PLACEMENT =
      Key.of("placement", Shape.of("placement", TAGS), LIVE, "Which hosts run it.");
  private static final Key<List<TenantId>> AFTER =
      Key.of(
          "after",
          new ListOf<>(Types.TENANT_ID),
          LIVE,
          "Tenants that start before it and stop after it, when both do; by their ids.");
  private static final Shape TENANT =
      Shape.of(
          "a tenant of the registry",
          ID,
          REPOSITORY,
          REF,
          CREDENTIAL,
          ENABLED,
          QUOTA,
          SIGNERS,
          PORTS,
          PREFIXES,
          VNIS,
          VERIFY,
          PLACEMENT,
          AFTER);

  private static final Key<Integer> VERSION =
      Key.of("version", Amounts.integer(1, 1), LIVE, "The version of the format, 1.").mandatory();
  private static final Key<List<Values>> TENANTS =
      Key.of(
              "tenants",
              new ListOf<>(TENANT),
              LIVE,
              "The tenants. One that is taken out is stopped, and its data is kept for a while.")
          .mandatory();

  private static final Key<List<Values>> ALL_SIGNERS =
      Key.of("signers", new ListOf<>(SignerKeys.SHAPE), LIVE, "Whose signatures may count.");

  static final Shape SHAPE = Shape.of("the registry", VERSION, ALL_SIGNERS, TENANTS);

  /** What is in it. */
  record Content(List<Signer> signers, List<TenantEntry> tenants) {}

  private RegistryFile() {}

  /** Signers and tenants by id; empty after findings. */
  static Optional<Content> read(Reading reading, Quota defaultQuota) {
    Values values = SHAPE.read(reading.document().root(), reading);
    if (values == null) {
      return Optional.empty();
    }
    Map<TenantId, Values> seen = new HashMap<>();
    for (Values tenant : values.list(TENANTS)) {
      tenant
          .find(ID)
          .ifPresent(id -> {
            Values first = seen.putIfAbsent(id, tenant);
            if (first != null) {
              twice(tenant, id, first);
            }
          });
    }
    if (reading.failed()) {
      return Optional.empty();
    }
    checkGrants(values);
    List<Signer> signers = SignerKeys.read(values.list(ALL_SIGNERS));
    checkSigners(values, signers);
    checkOrder(values.list(TENANTS), seen.keySet());
    if (reading.failed()) {
      return Optional.empty();
    }
    List<TenantEntry> entries = new ArrayList<>();
    for (Values tenant : values.list(TENANTS)) {
      entries.add(entry(tenant, reading, defaultQuota));
    }
    entries.sort(Comparator.comparing(TenantEntry::id));
    return Optional.of(new Content(signers, entries));
  }

  private static void checkSigners(Values registry, List<Signer> signers) {
    Set<String> known = signers.stream().map(Signer::name).collect(Collectors.toSet());
    for (Values tenant : registry.list(TENANTS)) {
      for (Node.Scalar written : tenant.written(SIGNERS)) {
        String name = written.text();
        if (!known.contains(name)) {
          tenant
              .reading()
              .error(
                  Code.BB304,
                  written,
                  "there is no signer " + Quote.quote(name),
                  known.isEmpty()
                      ? "a list `signers` with their keys beside `tenants`"
                      : "one of " + String.join(", ", new TreeSet<>(known)),
                  Similar.to(name, known)
                      .map(near -> "did you mean " + near + "?")
                      .orElse("name it with its keys in the list `signers` beside `tenants`"));
        }
      }
    }
  }

  private static void checkOrder(List<Values> tenants, Set<TenantId> known) {
    Set<String> names = known.stream().map(TenantId::value).collect(Collectors.toSet());
    Map<TenantId, List<TenantId>> after = new TreeMap<>();
    Map<TenantId, Values> entries = new HashMap<>();
    boolean complete = true;
    for (Values tenant : tenants) {
      after.put(tenant.get(ID), tenant.list(AFTER));
      entries.put(tenant.get(ID), tenant);
      for (Node.Scalar written : tenant.written(AFTER)) {
        if (!names.contains(written.text())) {
          complete = false;
          unknown(tenant, written, names);
        }
      }
    }
    if (complete) {
      TenantOrder.circle(after)
          .ifPresent(circle -> {
            Values first = Objects.requireNonNull(entries.get(circle.getFirst()));
            first
                .reading()
                .add(
                    Code.BB313,
                    first.at(AFTER),
                    circle.stream()
                        .map(id -> Quote.quote(id.value()))
                        .collect(
                            Collectors.joining(
                                " starts after ",
                                "",
                                " starts after " + Quote.quote(circle.getFirst().value()))),
                    "an order in which they can start",
                    "take one of them out of `after`");
          });
    }
  }

  private static void unknown(Values tenant, Node.Scalar written, Set<String> known) {
    tenant
        .reading()
        .error(
            Code.BB304,
            written,
            "there is no tenant " + Quote.quote(written.text()),
            "the id of a tenant of the registry",
            Similar.to(written.text(), known)
                .map(near -> "did you mean " + near + "?")
                .orElse("register it, or take it out of `after`"));
  }

  /** Reports ports and numbers of networks that two tenants are given. */
  private static void checkGrants(Values registry) {
    NavigableMap<Integer, PortRange> taken = new TreeMap<>();
    Set<Integer> vnis = new HashSet<>();
    for (Values tenant : registry.list(TENANTS)) {
      for (int vni : tenant.list(VNIS)) {
        if (!vnis.add(vni)) {
          tenant
              .reading()
              .add(
                  Code.BB418,
                  tenant.at(VNIS),
                  "network number " + vni + " is given twice",
                  "every number once",
                  "");
        }
      }
    }
    for (Values tenant : registry.list(TENANTS)) {
      for (PortRange range : tenant.list(PORTS)) {
        Map.Entry<Integer, PortRange> near = taken.floorEntry(range.last());
        if (near != null && near.getValue().overlaps(range)) {
          tenant
              .reading()
              .add(
                  Code.BB408,
                  tenant.at(PORTS),
                  "ports " + range + " are given twice: " + near.getValue() + " is given as well",
                  "every port once",
                  "");
        } else {
          taken.put(range.first(), range);
        }
      }
    }
  }

  private static TenantEntry entry(Values tenant, Reading reading, Quota defaultQuota) {
    return new TenantEntry(
        tenant.get(ID),
        tenant.get(REPOSITORY),
        tenant.get(REF),
        tenant.find(CREDENTIAL).orElse(""),
        tenant.get(ENABLED),
        QuotaKeys.quota(tenant.section(QUOTA), defaultQuota),
        tenant.list(SIGNERS),
        tenant.find(VERIFY),
        tenant.list(PORTS),
        tenant.list(PREFIXES),
        tenant.list(VNIS),
        tenant.section(PLACEMENT).list(TAGS),
        tenant.list(AFTER),
        pointer -> reading.document().at(tenant.node(), pointer));
  }

  private static void twice(Values tenant, TenantId id, Values first) {
    tenant
        .reading()
        .add(
            new Diagnostic(
                Code.BB401,
                "tenant " + Quote.quote(id.value()) + " is registered twice",
                tenant.at(ID),
                "every id once",
                "remove one of the two entries",
                List.of(new Diagnostic.Note("first registered at", first.at(ID)))));
  }
}
