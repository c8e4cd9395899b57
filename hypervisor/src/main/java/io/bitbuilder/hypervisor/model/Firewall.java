package io.bitbuilder.hypervisor.model;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What may pass between the guests of a tenant, its networks and the outside, as the tenant
 * declares it. The first rule that fits decides; where none does, the policies of the networks.
 *
 * @param policies by network; one that is not named has {@link Policy#DEFAULT}
 * @param rules in the order they are tried
 */
public record Firewall(SortedMap<ResourceName, Policy> policies, List<Rule> rules) {
  public Firewall {
    policies = Collections.unmodifiableSortedMap(new TreeMap<>(policies));
    rules = List.copyOf(rules);
  }

  /** No rule, and every network as it is by default. */
  public static final Firewall NONE = new Firewall(Collections.emptySortedMap(), List.of());

  /** The policy of a network. */
  public Policy policy(ResourceName network) {
    return policies.getOrDefault(network, Policy.DEFAULT);
  }

  /**
   * What happens to packets that no rule fits.
   *
   * @param within whether members of the network reach each other
   * @param in whether others reach its members: from outside and from other networks of the tenant
   * @param out whether its members reach others
   */
  public record Policy(boolean within, boolean in, boolean out) {
    /** Members reach each other and what the mode of the network leads to, and nobody them. */
    public static final Policy DEFAULT = new Policy(true, false, true);
  }

  /** What a rule does. */
  public enum Action {
    ACCEPT,
    DROP,
    /** Drops, and says so to the sender. */
    REJECT;

    /** As documents name it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a rule is about. */
  public enum Protocol {
    ANY,
    TCP,
    UDP,
    /** ICMP and ICMPv6, without what IPv6 needs to find its neighbours. */
    ICMP;

    /** As documents name it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One rule.
   *
   * @param name for people, or empty
   * @param ports of the receiver; empty for all
   * @param log whether what it fits is told to the journal
   */
  public record Rule(
      String name,
      Action action,
      Party from,
      Party to,
      Protocol protocol,
      List<PortRange> ports,
      boolean log,
      Origin origin) {
    public Rule {
      ports = List.copyOf(ports);
    }
  }

  /** One side of a rule. */
  public sealed interface Party {
    /** Everybody. */
    record Any() implements Party {}

    /** Everybody who is not of the tenant. */
    record Outside() implements Party {}

    /** All members of a network. */
    record OfNetwork(ResourceName network) implements Party {}

    /** Containers and machines by name. */
    record Guests(List<ResourceName> names) implements Party {
      public Guests {
        names = List.copyOf(names);
      }
    }

    /** Addresses outside, in CIDR notation. */
    record Range(String cidr) implements Party {
      /** Whether they are of IPv6. */
      public boolean isSix() {
        return cidr.indexOf(':') >= 0;
      }
    }
  }
}
