package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.model.TenantId;

/** Where a packet comes from, or goes to. */
public sealed interface End {
  /** A container or machine of a tenant. */
  record OfGuest(TenantId tenant, Guest member) implements End {}

  /** The host itself. */
  record OfHost() implements End {}

  /**
   * Somebody beyond the host.
   *
   * @param link the interface of the host that leads there; empty when none does
   */
  record Beyond(String link) implements End {}

  /**
   * An address of a tenant's network that nobody has.
   *
   * @param bridge the interface of the host that is the network
   */
  record Nobody(String bridge) implements End {}

  /**
   * Somebody in a network that spans hosts, who is on another one, if anywhere.
   *
   * @param bridge the interface of the host that is the network
   */
  record Elsewhere(String bridge) implements End {}

  /**
   * A guest and its place.
   *
   * @param bridge the interface of the host that is its network
   * @param link the interface of the host that leads to it
   */
  record Guest(
      String name, String network, String bridge, String link, String address, String address6) {}
}
