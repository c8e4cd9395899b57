package io.bitbuilder.hypervisor.model;

import java.util.List;

/**
 * The system repository, read.
 *
 * @param tenants the registered tenants, by id
 * @param signers whose signatures it tells of
 * @param templates of network files: the operator's, and the vendor's where there is none
 * @param units what it puts on the host itself
 */
public record SystemModel(
    SystemConfig config,
    List<TenantEntry> tenants,
    Signers signers,
    NetworkTemplates templates,
    HostUnits units) {
  public SystemModel {
    tenants = List.copyOf(tenants);
  }
}
