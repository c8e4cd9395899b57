package io.bitbuilder.hypervisor.names;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/**
 * Which name servers may be asked for a tenant. The tenant names them, and it is the host that
 * asks: so never one the tenant could not reach by itself.
 */
final class Upstream {
  /** How interfaces begin that are networks of tenants. */
  private static final List<String> BRIDGES = List.of("bb-", "br-");

  private Upstream() {}

  /** Whether it may be asked. */
  static boolean isAllowed(InetAddress server) throws SocketException {
    if (server.isLoopbackAddress()
        || server.isAnyLocalAddress()
        || server.isLinkLocalAddress()
        || server.isMulticastAddress()) {
      return false;
    }
    return NetworkInterface.networkInterfaces().noneMatch(link -> isNear(server, link));
  }

  /** Whether it is the host itself, or a member of a tenant's network. */
  private static boolean isNear(InetAddress server, NetworkInterface link) {
    boolean bridge = BRIDGES.stream().anyMatch(link.getName()::startsWith);
    for (InterfaceAddress address : link.getInterfaceAddresses()) {
      Link.Own own = new Link.Own(address.getAddress(), address.getNetworkPrefixLength());
      if (own.address().equals(server) || (bridge && own.isBeside(server))) {
        return true;
      }
    }
    return false;
  }
}
