package io.bitbuilder.testbed.matrix;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One who sends or is sent to. The host is several: one party per address it has, all of them with
 * the same observer.
 *
 * @param name for findings, such as {@code acme/lan web}
 * @param role what the rules go by
 * @param network the name of the link it is on, such as {@code acme/lan}
 * @param observer who sees what arrives at it
 * @param link the interface it sends from, as it sees it
 * @param mac its address there
 * @param addresses what it may be reached at
 * @param gateway the party that passes on what it sends beyond its link
 */
public record Party(
    String name,
    Role role,
    String network,
    Observer observer,
    String link,
    String mac,
    Map<Family, String> addresses,
    @Nullable Party gateway) {

  /** What a party is to the rules. */
  public enum Role {
    /** A container in a network without a way out. */
    ISOLATED,
    /** A container in a network with mode nat. */
    NAT,
    /** The host, on one of the tenants' networks. */
    GATEWAY,
    /** The host, at its own address. */
    HOST,
    /** Somebody beyond the uplink. */
    PEER,
    /** Somebody at another interface of the host, one that has nothing to do with tenants. */
    BESIDE,
    /** An address nobody behind a tenant's network may reach, whoever has it. */
    FORBIDDEN
  }

  public Party {
    addresses = Map.copyOf(addresses);
  }

  /** Whether it is a container. */
  public boolean isGuest() {
    return role == Role.ISOLATED || role == Role.NAT;
  }

  /** Whether it has an address of this kind. */
  public boolean has(Family family) {
    return addresses.containsKey(family);
  }

  /** Its address, which it has. */
  public String address(Family family) {
    String address = addresses.get(family);
    if (address == null) {
      throw new IllegalArgumentException(name + " has no " + family);
    }
    return address;
  }

  /** The party that passes on what it sends; every guest and every peer has one. */
  public Party via() {
    return Objects.requireNonNull(gateway, name);
  }

  /** Whether frames from one reach the other without anybody passing them on. */
  boolean isOnLinkWith(Party other) {
    return network.equals(other.network);
  }

  @Override
  public String toString() {
    return name;
  }
}
