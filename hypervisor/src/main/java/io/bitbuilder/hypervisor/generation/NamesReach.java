package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.unitfile.UnitName;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What is one tenant's own of its name servers: their units, and what they listen on and ask. */
final class NamesReach {
  /** Of IPv4, as it is written; of IPv6, what {@link InetAddress} takes as a literal. */
  private static final Pattern ADDRESS = Pattern.compile("[0-9a-f:.]{2,39}");

  private static final String PORT = ":53";
  private static final String SOCKET = ".socket";
  private static final String SERVICE = ".service";

  private final TenantId tenant;

  NamesReach(TenantId tenant) {
    this.tenant = tenant;
  }

  boolean isSocket(String unit) {
    return unit.endsWith(SOCKET) && isInstance(unit, SOCKET);
  }

  boolean isServer(String unit) {
    return unit.endsWith(SERVICE) && isInstance(unit, SERVICE);
  }

  private boolean isInstance(String unit, String end) {
    String start = "tenant-names@" + UnitName.escape(tenant.value()) + "-";
    return unit.startsWith(start)
        && unit.length() > start.length() + end.length()
        && Reach.isName(unit.substring(start.length(), unit.length() - end.length()));
  }

  /** Whether a file of a generation says where a name server listens, whoever's it is. */
  static boolean saysWhere(String path) {
    return path.startsWith("units/tenant-names@") && path.contains(SOCKET + ".d/");
  }

  /** Where it listens: at one address, never at all of the host's. */
  boolean isListening(String value) {
    String address = value.endsWith(PORT) ? value.substring(0, value.length() - 3) : "";
    boolean bracketed = address.startsWith("[") && address.endsWith("]");
    return bracketed
        ? isAddress(address.substring(1, address.length() - 1), false)
        : isAddress(address, true);
  }

  /** What it sees of generations: those of its tenant. */
  boolean isGenerations(String path) {
    return path.equals("/var/lib/bitbuilder/generations/tenants/" + tenant);
  }

  /** What is bound over a container's {@code /etc/resolv.conf}. */
  boolean isResolver(String value) {
    String start = "/run/tenants/" + tenant + "/resolv/";
    String end = ".conf:/etc/resolv.conf:idmap,norbind";
    return value.startsWith(start)
        && value.endsWith(end)
        && value.length() > start.length() + end.length()
        && ResourceName.isValid(value.substring(start.length(), value.length() - end.length()));
  }

  /** Where a file is that something is bound over: in a container's own empty directories. */
  boolean isPoint(String path) {
    String start = "/run/tenants/" + tenant + "/containers/";
    String end = "/points/etc/resolv.conf";
    return path.startsWith(start)
        && path.endsWith(end)
        && path.length() > start.length() + end.length()
        && ResourceName.isValid(path.substring(start.length(), path.length() - end.length()));
  }

  /** {@code lan=10.0.0.1/24,fd00::1/64} of tenant.conf. */
  boolean isLink(String entry) {
    return isOfNetwork(
        entry,
        own -> {
          int slash = own.indexOf('/');
          return slash > 0
              && own.substring(slash + 1).matches("[0-9]{1,3}")
              && isAddress(own.substring(0, slash));
        });
  }

  /** What a name server was started with. */
  boolean isVariable(String value) {
    String start = "FORWARD=";
    return value.startsWith(start) && isForward("x=" + value.substring(start.length()));
  }

  /** {@code wan=192.0.2.1,2001:db8::1} or {@code wan=host} of tenant.conf. */
  boolean isForward(String entry) {
    return isOfNetwork(entry, NamesReach::isAddress) || isOfNetwork(entry, "host"::equals);
  }

  private static boolean isOfNetwork(String entry, Predicate<String> each) {
    int equals = entry.indexOf('=');
    return equals > 0
        && ResourceName.isValid(entry.substring(0, equals))
        && List.of(entry.substring(equals + 1).split(",", -1)).stream().allMatch(each);
  }

  /** Servers it may send to. */
  boolean areServers(String value) {
    return List.of(value.split(" ", -1)).stream().allMatch(NamesReach::isAddress);
  }

  private static boolean isAddress(String text) {
    return isAddress(text, text.indexOf(':') < 0);
  }

  private static boolean isAddress(String text, boolean four) {
    if (!ADDRESS.matcher(text).matches() || (four && !Reach.ADDRESS.matcher(text).matches())) {
      return false;
    }
    try {
      InetAddress address = InetAddress.ofLiteral(text);
      return address instanceof Inet4Address == four && !address.isAnyLocalAddress();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
