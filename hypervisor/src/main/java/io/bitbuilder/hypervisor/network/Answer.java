package io.bitbuilder.hypervisor.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a packet that begins a connection may pass, and why.
 *
 * @param told whether the sender is told when it may not
 * @param steps what happens to it on the way, in words
 */
public record Answer(boolean passes, boolean told, Reason reason, List<String> steps) {
  public Answer {
    steps = List.copyOf(steps);
  }

  static Answer yes(Reason reason) {
    return new Answer(true, false, reason, List.of());
  }

  static Answer no(Reason reason) {
    return new Answer(false, false, reason, List.of());
  }

  Answer after(String step) {
    List<String> all = new ArrayList<>(List.of(step));
    all.addAll(steps);
    return new Answer(passes, told, reason, all);
  }

  /**
   * What decides.
   *
   * @param text in words
   * @param rule the tenant's rule, when it is one and its generation says where it is written
   * @param number of that rule among all of the tenant, or 0
   */
  public record Reason(Kind kind, String text, Optional<Topology.Rule> rule, int number) {
    Reason(Kind kind, String text) {
      this(kind, text, Optional.empty(), 0);
    }
  }

  /** What can decide. */
  public enum Kind {
    /** A rule of the tenant. */
    RULE,
    /** No rule fits, so the policy of a network does. */
    POLICY,
    /** The network leads nowhere. */
    MODE,
    /** The port is published. */
    PUBLISHED,
    /** What the operator protects (network.protect of the system repository). */
    PROTECT,
    /** Its addresses are not known outside, so no answer would come back. */
    DELEGATION,
    /** It is not sent from an address the sender has. */
    SPOOFING,
    /** Nothing leads from one tenant to another. */
    TENANTS,
    /** A tunnel leads there, or does not. */
    TUNNEL,
    /** The interface is no uplink, so nothing of a tenant passes it. */
    UPLINK,
    /** What the host serves to a network, and nothing else of it. */
    HOST,
    /** Nobody is there. */
    NOBODY;

    /** As JSON has it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
