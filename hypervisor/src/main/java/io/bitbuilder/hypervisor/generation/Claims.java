package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Subnet;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What only one tenant of a host may have: ranges of UIDs, bridges, subnets. All else that a
 * generation names carries the id of its tenant; for these the compiler's word is all there is, so
 * what one tenant has is not given to another while its generations may still run.
 *
 * <p>One object judges the candidates of one staging, by several threads.
 */
public final class Claims {
  private static final String BRIDGES = "BRIDGES=";

  private static final Pattern NAME = Pattern.compile("\"([^\"]+)\"");
  private static final Pattern PORT = Pattern.compile("(6|17) \\. ([0-9]+) :");
  private static final Pattern ADDRESS = Pattern.compile("[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+");

  private final Map<String, TenantId> names = new HashMap<>();
  private final List<Held> subnets = new ArrayList<>();
  private boolean loaded;

  private record Held(Subnet subnet, TenantId tenant) {}

  /**
   * What one generation claims.
   *
   * @param names of ranges and bridges, as messages name them
   */
  record Claimed(SortedSet<String> names, List<Subnet> subnets) {
    /** Reads them out of a generation's files, by path. */
    static Claimed of(Manifest manifest, SortedMap<String, String> files) {
      SortedSet<String> names = new TreeSet<>();
      List<Subnet> subnets = new ArrayList<>();
      manifest
          .resources()
          .forEach(resource -> {
            names.add("UID range " + resource.uidBase());
            bridge(resource.bridge(), names);
          });
      manifest.topology().networks().forEach(network -> bridge(network.bridge(), names));
      files.forEach((path, text) -> {
        if (path.equals("tenant.conf")) {
          text.lines()
              .filter(line -> line.startsWith(BRIDGES))
              .map(line -> line.substring(BRIDGES.length()).replace("\"", ""))
              .forEach(list -> List.of(list.split(" ", -1)).forEach(one -> bridge(one, names)));
        } else if (path.equals("firewall.nft")) {
          text.lines()
              .filter(line -> line.startsWith("add element "))
              .forEach(line -> elements(line, names, subnets));
        } else if (path.startsWith("nspawn/")) {
          UnitFile.parse(text).values("Network", "Bridge").forEach(one -> bridge(one, names));
        } else if (path.startsWith("wireguard/")) {
          UnitFile.parse(text).values("Tunnel", "ListenPort").stream()
              .filter(port -> !port.equals("0"))
              .forEach(port -> names.add("port " + port + "/udp"));
        } else if (path.startsWith("network/")) {
          UnitFile file = UnitFile.parse(text);
          file.values("NetDev", "Name").forEach(one -> bridge(one, names));
          file.values("Match", "Name").forEach(one -> bridge(one, names));
          file.values("Network", "Bridge").forEach(one -> bridge(one, names));
          file.values("RoutingPolicyRule", "IncomingInterface").forEach(one -> bridge(one, names));
          file.values("Network", "Address")
              .forEach(address -> Subnet.around(address).ifPresent(subnets::add));
          file.values("Address", "Address").forEach(address -> subnet6(address, names));
        } else if (NamesReach.saysWhere(path)) {
          UnitFile file = UnitFile.parse(text);
          for (String key : List.of("ListenDatagram", "ListenStream")) {
            file.values("Socket", key).forEach(value -> listening(value, names, subnets));
          }
        }
      });
      // An address in one of its own subnets says nothing more.
      List<Subnet> whole = subnets.stream().filter(subnet -> subnet.prefix() < 32).toList();
      subnets.removeIf(
          subnet -> subnet.prefix() == 32 && whole.stream().anyMatch(subnet::overlaps));
      return new Claimed(names, subnets);
    }

    /** Whose packets are let in and out by its interfaces, addresses and ports of the host. */
    private static void elements(String line, SortedSet<String> names, List<Subnet> subnets) {
      String set = line.split(" ", 5)[4];
      Matcher name = NAME.matcher(line);
      while (name.find()) {
        String link = name.group(1);
        names.add((link.startsWith("b") ? "bridge " : "interface ") + link);
      }
      if (set.startsWith("published")) {
        Matcher port = PORT.matcher(line);
        while (port.find()) {
          names.add("port " + port.group(2) + (port.group(1).equals("6") ? "/tcp" : "/udp"));
        }
      }
      Matcher address = ADDRESS.matcher(line);
      while (address.find()) {
        Subnet.around(address.group() + "/32").ifPresent(subnets::add);
      }
    }

    /** Whoever listens where others ask answers them. */
    private static void listening(String value, SortedSet<String> names, List<Subnet> subnets) {
      String address = value.substring(0, Math.max(0, value.lastIndexOf(':')));
      if (address.startsWith("[")) {
        subnet6(address.substring(1, address.length() - 1), names);
      } else {
        Subnet.around(address + "/32").ifPresent(subnets::add);
      }
    }

    /** The subnet of 64 bits an address is in, written in one way alone. */
    private static void subnet6(String address, SortedSet<String> names) {
      int slash = address.indexOf('/');
      byte[] bytes =
          InetAddress.ofLiteral(slash < 0 ? address : address.substring(0, slash)).getAddress();
      StringBuilder subnet = new StringBuilder("IPv6 subnet ");
      for (int i = 0; i < 8 && bytes.length == 16; i += 2) {
        subnet
            .append(Integer.toHexString(((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff)))
            .append(':');
      }
      names.add(subnet + ":/64");
    }

    private static void bridge(String name, SortedSet<String> names) {
      if (!name.isEmpty()) {
        names.add("bridge " + name);
      }
    }
  }

  /**
   * Takes what a candidate claims, or says what of it belongs to another tenant; nothing is taken
   * then.
   */
  synchronized List<String> take(TenantId tenant, Claimed claimed, Store store) throws IOException {
    if (!loaded) {
      load(store);
      loaded = true;
    }
    List<String> foreign = new ArrayList<>();
    for (String name : claimed.names()) {
      TenantId holder = names.get(name);
      if (holder != null && !holder.equals(tenant)) {
        foreign.add(name + " belongs to tenant " + holder);
      }
    }
    for (Subnet subnet : claimed.subnets()) {
      subnets.stream()
          .filter(held -> !held.tenant().equals(tenant) && held.subnet().overlaps(subnet))
          .findFirst()
          .ifPresent(
              held -> foreign.add("subnet " + subnet + " overlaps one of tenant " + held.tenant()));
    }
    if (foreign.isEmpty()) {
      hold(tenant, claimed);
    }
    return foreign;
  }

  private void hold(TenantId tenant, Claimed claimed) {
    claimed.names().forEach(name -> names.putIfAbsent(name, tenant));
    claimed.subnets().forEach(subnet -> subnets.add(new Held(subnet, tenant)));
  }

  private void load(Store store) throws IOException {
    for (TenantId tenant : store.tenants()) {
      for (Generation generation : store.claiming(tenant)) {
        hold(tenant, Claimed.of(generation.manifest(), networks(generation.directory())));
      }
    }
  }

  /** The files of networks: a generation on disk names no bridge elsewhere. */
  private static SortedMap<String, String> networks(Path generation) throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    for (String directory : List.of("network", "wireguard")) {
      for (String name : Durable.names(generation.resolve(directory))) {
        String path = directory + "/" + name;
        files.put(path, Files.readString(generation.resolve(path)));
      }
    }
    Path firewall = generation.resolve("firewall.nft");
    if (Files.exists(firewall)) {
      files.put("firewall.nft", Files.readString(firewall));
    }
    return files;
  }
}
