package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.Tenant;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Name servers a tenant wants asked. It is the host that asks them, from where it is; so none that
 * the tenant's guests could not reach by themselves.
 */
final class NameServers {
  private NameServers() {}

  static void check(Tenant tenant, SystemConfig.Network outside, Report report) {
    List<String> closed = new ArrayList<>(outside.protect());
    // Other tenants, whatever else is open.
    closed.add(outside.ipv4Pool());
    closed.add(outside.ipv6Pool());
    for (Tenant.Network network : tenant.networks()) {
      for (int i = 0; i < network.dns().size(); i++) {
        String text = network.dns().get(i);
        InetAddress server = InetAddress.ofLiteral(text);
        String place = "/dns/" + i;
        if (!isServer(server)) {
          report.add(
              Code.BB417,
              network.origin().at(place),
              "`" + text + "` is no machine of the outside",
              "the address of a name server");
          continue;
        }
        closed.stream()
            .filter(range -> covers(range, server))
            .findFirst()
            .ifPresent(range ->
                report.add(
                    Code.BB417,
                    network.origin().at(place),
                    "name server `" + text + "` is in " + range,
                    "a name server the tenant may reach",
                    "leave `dns` out to have those asked that the host asks, or ask the host operator"
                        + " to change `network/protect` of the system repository"));
      }
    }
  }

  private static boolean isServer(InetAddress address) {
    return !address.isAnyLocalAddress()
        && !address.isLoopbackAddress()
        && !address.isLinkLocalAddress()
        && !address.isMulticastAddress();
  }

  private static boolean covers(String range, InetAddress address) {
    int slash = range.indexOf('/');
    byte[] base = InetAddress.ofLiteral(range.substring(0, slash)).getAddress();
    byte[] other = address.getAddress();
    int prefix = Integer.parseInt(range.substring(slash + 1));
    int whole = prefix / Byte.SIZE;
    int rest = prefix % Byte.SIZE;
    return base.length == other.length
        && Arrays.equals(base, 0, whole, other, 0, whole)
        && (rest == 0 || ((base[whole] ^ other[whole]) & 0xff) >> (Byte.SIZE - rest) == 0);
  }
}
