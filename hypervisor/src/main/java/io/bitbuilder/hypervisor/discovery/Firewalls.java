package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.document.Node;
import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.Firewall.Party;
import io.bitbuilder.hypervisor.model.Firewall.Policy;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;
import io.bitbuilder.hypervisor.model.Firewall.Rule;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.model.Tunnel;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Similar;
import io.bitbuilder.hypervisor.schema.Values;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The firewall of a tenant, from all files of network/firewall/ together. */
final class Firewalls {
  private final Repository repository;
  private final SortedSet<String> networks = new TreeSet<>();
  private final List<Guest> guests;
  private final List<Values> files = new ArrayList<>();
  private final SortedMap<ResourceName, Policy> policies = new TreeMap<>();
  private final SortedMap<String, List<ResourceName>> groups = new TreeMap<>();
  private final List<IdleRules.Written> rules = new ArrayList<>();

  private Firewalls(Repository repository, Networks networks, List<Guest> guests) {
    this.repository = repository;
    networks.all().forEach(network -> this.networks.add(network.name().value()));
    this.guests = guests;
  }

  /** The firewall; what has findings is left out of it. */
  static Firewall read(
      Repository repository,
      Layout layout,
      Networks networks,
      List<Guest> guests,
      List<Tunnel> tunnels)
      throws IOException {
    Firewalls all = new Firewalls(repository, networks, guests);
    List<Reading> readings = new ArrayList<>();
    for (Entry file : layout.in("network/firewall")) {
      repository
          .read(file, Repository.DOCUMENT_LIMIT)
          .ifPresent(reading -> {
            readings.add(reading);
            FirewallFile.read(reading).ifPresent(all.files::add);
          });
    }
    all.files.forEach(all::policies);
    all.files.forEach(all::groups);
    all.files.forEach(all::rules);
    if (!repository.failed() && readings.stream().noneMatch(Reading::failed)) {
      IdleRules.check(all.rules, networks.all(), guests, tunnels);
    }
    readings.forEach(all.repository::finished);
    return new Firewall(all.policies, all.rules.stream().map(IdleRules.Written::rule).toList());
  }

  private void policies(Values file) {
    file.find(FirewallFile.POLICY)
        .orElseGet(TreeMap::new)
        .forEach((network, policy) -> {
          if (!networks.contains(network)) {
            Location place = key(file, FirewallFile.POLICY, network);
            unknown(file, place, "network", network, networks);
            return;
          }
          Policy before =
              policies.putIfAbsent(
                  new ResourceName(network),
                  new Policy(
                      policy.get(FirewallFile.WITHIN),
                      policy.get(FirewallFile.IN),
                      policy.get(FirewallFile.OUT)));
          if (before != null) {
            twice(file, "/policy/" + network, "the policy of network " + Quote.quote(network));
          }
        });
  }

  private void groups(Values file) {
    file.find(FirewallFile.GROUPS)
        .orElseGet(TreeMap::new)
        .forEach((group, names) -> {
          if (groups.putIfAbsent(group, names) != null) {
            twice(file, "/groups/" + group, "group " + Quote.quote(group));
          }
          for (ResourceName name : names) {
            if (guests.stream().noneMatch(guest -> guest.name().equals(name))) {
              String place = member(file, group, name);
              unknown(file, place, "container or machine", name.value(), guestNames());
            }
          }
        });
  }

  /** Where a group names a guest, which is not its place among those that are valid. */
  private static String member(Values file, String group, ResourceName name) {
    String pointer = "/groups/" + group;
    if (file.node().get(FirewallFile.GROUPS.name()) instanceof Node.Entries groups
        && groups.get(group) instanceof Node.Items items) {
      for (int i = 0; i < items.items().size(); i++) {
        if (items.items().get(i) instanceof Node.Scalar written
            && written.text().equals(name.value())) {
          return pointer + "/" + i;
        }
      }
    }
    return pointer;
  }

  private void rules(Values file) {
    for (Values rule : file.list(FirewallFile.RULES)) {
      if (!rule.has(FirewallFile.ACTION)) {
        continue;
      }
      Protocol protocol = rule.get(FirewallFile.PROTOCOL);
      if (rule.has(FirewallFile.PORTS) && protocol != Protocol.TCP && protocol != Protocol.UDP) {
        rule.reading()
            .add(
                Code.BB213,
                rule.at(FirewallFile.PORTS),
                "`ports` has no meaning without a protocol that has ports",
                "protocol: tcp or udp",
                "add `protocol: tcp`, or remove `ports`");
      }
      Rule read =
          new Rule(
              rule.find(FirewallFile.NAME).orElse(""),
              rule.get(FirewallFile.ACTION),
              party(rule, FirewallFile.FROM),
              party(rule, FirewallFile.TO),
              protocol,
              rule.list(FirewallFile.PORTS),
              rule.get(FirewallFile.LOG),
              pointer -> rule.reading().document().at(rule.node(), pointer));
      rules.add(new IdleRules.Written(read, rule));
    }
  }

  private Party party(Values rule, Key<String> key) {
    String text = rule.get(key);
    if (Addresses.isRange(text)) {
      return new Party.Range(text);
    }
    int slash = text.indexOf('/');
    String name = text.substring(slash + 1);
    return switch (slash < 0 ? "" : text.substring(0, slash)) {
      case "network" -> {
        if (!networks.contains(name)) {
          unknown(rule, "/" + key.name(), "network", name, networks);
        }
        yield new Party.OfNetwork(new ResourceName(name));
      }
      case "group" -> {
        if (!groups.containsKey(name)) {
          unknown(rule, "/" + key.name(), "group", name, groups.keySet());
        }
        yield new Party.Guests(groups.getOrDefault(name, List.of()));
      }
      case "label" -> labelled(rule, key, name);
      default -> guest(rule, key, name);
    };
  }

  private Party labelled(Values rule, Key<String> key, String label) {
    List<ResourceName> names =
        guests.stream()
            .filter(guest -> guest.labels().contains(new ResourceName(label)))
            .map(Guest::name)
            .toList();
    if (names.isEmpty()) {
      SortedSet<String> known = new TreeSet<>();
      guests.forEach(guest -> guest.labels().forEach(each -> known.add(each.value())));
      unknown(rule, "/" + key.name(), "label", label, known);
    }
    return new Party.Guests(names);
  }

  private Party guest(Values rule, Key<String> key, String name) {
    return switch (name) {
      case "any" -> new Party.Any();
      case "outside" -> new Party.Outside();
      default -> {
        if (!guestNames().contains(name)) {
          unknown(rule, "/" + key.name(), "container or machine", name, guestNames());
        }
        yield new Party.Guests(List.of(new ResourceName(name)));
      }
    };
  }

  private SortedSet<String> guestNames() {
    SortedSet<String> names = new TreeSet<>();
    guests.forEach(guest -> names.add(guest.name().value()));
    return names;
  }

  private static Location key(Values file, Key<?> mapping, String key) {
    Document document = file.reading().document();
    return file.node().get(mapping.name()) instanceof Node.Entries entries
        ? document.atKey(entries, key)
        : document.at(file.node());
  }

  private static void unknown(
      Values values, String pointer, String what, String name, Collection<String> known) {
    unknown(values, values.reading().document().at(values.node(), pointer), what, name, known);
  }

  private static void unknown(
      Values values, Location at, String what, String name, Collection<String> known) {
    values
        .reading()
        .add(
            Code.BB304,
            at,
            what + " " + Quote.quote(name) + " does not exist",
            String.join(", ", known),
            Similar.to(name, List.copyOf(known))
                .map(similar -> "a similar name exists: `" + similar + "`")
                .orElse(""));
  }

  private static void twice(Values values, String pointer, String what) {
    values
        .reading()
        .add(
            new Diagnostic(
                Code.BB305,
                what + " is declared twice",
                values.reading().document().at(values.node(), pointer),
                "once in all files of network/firewall/",
                "",
                List.of()));
  }
}
