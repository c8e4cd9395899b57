package io.bitbuilder.hypervisor.model;

import java.util.List;
import java.util.SortedMap;

/** What runs in a tenant: a container or a virtual machine. Names are unique among both. */
public sealed interface Guest permits Container, Machine {
  /** Its name within the tenant. */
  ResourceName name();

  /** What its addresses, ranges and data are kept under; the name unless declared. */
  String uid();

  /** A name of the catalogue, or {@code host} for containers. */
  String image();

  /** Whether it starts with its tenant. */
  boolean autostart();

  /** The networks it joins, in order. */
  List<ResourceName> networks();

  /** Words the tenant groups its guests by. */
  List<ResourceName> labels();

  /** Ports of the host that lead to it. */
  List<Published> ports();

  /** Name of the credential inside, to the name of the system credential outside. */
  SortedMap<String, String> credentials();

  /** When it is started again after it ended. */
  Restart restart();

  /** How to tell that it is well. */
  List<Check> checks();

  /** Where it is declared. */
  Origin origin();

  /** What it is, for messages: {@code container} or {@code machine}. */
  String kind();

  /**
   * A port of the host that leads to a guest.
   *
   * @param host the port of the host
   * @param guest the port of the guest
   * @param protocol TCP or UDP
   */
  record Published(int host, int guest, Firewall.Protocol protocol, Origin origin) {}
}
