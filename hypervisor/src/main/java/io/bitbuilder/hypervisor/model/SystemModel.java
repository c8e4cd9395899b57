package io.bitbuilder.hypervisor.model;

import java.util.List;

/**
 * The system repository, read.
 *
 * @param tenants the registered tenants, by id
 */
public record SystemModel(SystemConfig config, List<TenantEntry> tenants) {
  public SystemModel {
    tenants = List.copyOf(tenants);
  }
}
