package io.bitbuilder.hypervisor.model;

import java.util.List;
import java.util.Optional;

/**
 * A tenant as the operator registered it.
 *
 * @param repository the address of the tenant repository
 * @param ref its branch
 * @param credential the system credential that opens the repository, or empty
 * @param enabled false stops the tenant and keeps its data
 * @param signers who may sign its commits, by name
 * @param verify how they are verified, where that is stricter than for all
 * @param ports of the host it may publish or listen on
 * @param prefixes subnets that are routed to it, in CIDR notation
 * @param vnis numbers of networks across hosts that are its own
 * @param placement tags a host must all carry to run it
 * @param after tenants that start before it and stop after it
 */
public record TenantEntry(
    TenantId id,
    String repository,
    String ref,
    String credential,
    boolean enabled,
    Quota quota,
    List<String> signers,
    Optional<VerifyMode> verify,
    List<PortRange> ports,
    List<String> prefixes,
    List<Integer> vnis,
    List<String> placement,
    List<TenantId> after,
    Origin origin) {
  public TenantEntry {
    signers = List.copyOf(signers);
    ports = List.copyOf(ports);
    prefixes = List.copyOf(prefixes);
    vnis = List.copyOf(vnis);
    placement = List.copyOf(placement);
    after = List.copyOf(after);
  }
}
