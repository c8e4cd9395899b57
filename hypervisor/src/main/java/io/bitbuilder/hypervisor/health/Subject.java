package io.bitbuilder.hypervisor.health;

import io.bitbuilder.hypervisor.model.Check;
import java.util.List;

/**
 * A container whose health is asked for.
 *
 * @param name its name within the tenant
 * @param unit the service that runs it
 * @param machine its name in systemd-machined
 * @param user the first of its UIDs, which the QEMU of a virtual machine has
 * @param address its address, or empty when it has no network
 * @param boots whether it runs an init, and so says itself when it is ready
 */
public record Subject(
    String name,
    String unit,
    String machine,
    long user,
    String address,
    boolean boots,
    List<Check> checks) {
  public Subject {
    checks = List.copyOf(checks);
  }
}
