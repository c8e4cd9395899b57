package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant.Network.Mode;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The network {@code lan} of tenants that are prepared, its rules, and a host that has them. */
final class PreparedNetwork {
  private static final String BOOT = "f".repeat(32);

  private PreparedNetwork() {}

  private static String bridge(TenantId tenant) {
    return "bb-" + tenant.value().length();
  }

  static String link(TenantId tenant, String guest) {
    String name = "vb-" + guest + "." + tenant;
    return name.substring(0, Math.min(15, name.length()));
  }

  static Topology topology(TenantId tenant) {
    int subnet = tenant.value().length();
    return new Topology(
        List.of(
            new Topology.Net(
                new ResourceName("lan"),
                Mode.NAT,
                bridge(tenant),
                "10.128." + subnet + ".1/24",
                "fd00:b17b:0:" + subnet + "::1/64",
                1400,
                100_000_000,
                Firewall.Policy.DEFAULT)),
        List.of(
            new Topology.Rule(
                "network/firewall/10-web.yaml",
                3,
                1,
                "the <shop> & \"co\"",
                "accept",
                "outside",
                "web",
                "tcp",
                List.of("443"),
                false),
            new Topology.Rule(
                "network/firewall/20-rest.yaml",
                2,
                1,
                "",
                "reject",
                "any",
                "192.0.2.0/24",
                "any",
                List.of(),
                true)));
  }

  /** As the compiler writes them. */
  static String rules(TenantId tenant, String... guests) {
    int subnet = tenant.value().length();
    String bridge = "\"" + bridge(tenant) + "\"";
    List<String> lines = new ArrayList<>();
    List<String> links = new ArrayList<>();
    List<String> four = new ArrayList<>();
    List<String> six = new ArrayList<>();
    for (int i = 0; i < guests.length; i++) {
      String link = "\"" + link(tenant, guests[i]) + "\"";
      links.add(link);
      four.add(link + " . 10.128." + subnet + "." + (i + 2));
      six.add(link + " . fe80::" + (i + 2));
      six.add(link + " . fd00:b17b:0:" + subnet + "::" + (i + 2));
    }
    lines.add("element bridge bitbuilder links { " + String.join(", ", links) + " }");
    lines.add("element bridge bitbuilder addresses4 { " + String.join(", ", four) + " }");
    lines.add("element bridge bitbuilder addresses6 { " + String.join(", ", six) + " }");
    lines.add("element inet bitbuilder bridges { " + bridge + " }");
    lines.add("element inet bitbuilder gateways4 { " + bridge + " . 10.128." + subnet + ".1 }");
    lines.add(
        "element inet bitbuilder gateways6 { " + bridge + " . fd00:b17b:0:" + subnet + "::1 }");
    lines.add("element inet bitbuilder ways { " + bridge + " . " + bridge + " : accept }");
    lines.add("chain inet bitbuilder " + tenant + "/lan/out");
    String out = "rule inet bitbuilder " + tenant + "/lan/out ";
    lines.add(out + "ip daddr { 10.0.0.0/8, 192.168.0.0/16 } counter drop");
    lines.add(
        out + "ip daddr 192.0.2.0/24 counter reject with icmpx admin-prohibited comment \"2\"");
    lines.add(out + "counter accept");
    lines.add("element inet bitbuilder out { " + bridge + " : goto " + tenant + "/lan/out }");
    lines.add("chain inet bitbuilder " + tenant + "/lan/in");
    String in = "rule inet bitbuilder " + tenant + "/lan/in ";
    lines.add(in + "ip daddr 10.128." + subnet + ".2 tcp dport 443 counter accept comment \"1\"");
    lines.add(in + "ct status dnat counter accept");
    lines.add(in + "counter drop");
    lines.add("element inet bitbuilder in { " + bridge + " : goto " + tenant + "/lan/in }");
    lines.add("element inet bitbuilder masqueraded { " + bridge + " }");
    if (guests.length > 1) {
      lines.add("element inet bitbuilder published4 { 6 . 8080 : 10.128." + subnet + ".2 . 80 }");
    }
    return IntStream.range(0, lines.size())
        .mapToObj(i -> "add " + lines.get(i) + "\n")
        .reduce("", String::concat);
  }

  /** Has a tenant's rules applied, with an uplink, a lease, and counters. */
  static void apply(Prepared prepared, TenantId tenant, String... guests) throws IOException {
    write(prepared.root, "run/bitbuilder/firewall/uplinks", "\"eth0\", \"eth1\"\n");
    write(prepared.root, "run/tenants/" + tenant + "/firewall.nft", rules(tenant, guests));
    write(
        prepared.root, "proc/sys/kernel/random/boot_id", "ffffffff-ffff-ffff-ffff-ffffffffffff\n");
    write(
        prepared.root,
        "var/lib/systemd/network/dhcp-server-lease/" + bridge(tenant),
        """
        {"BootID": "%s", "Leases": [
          {"AddressString": "10.128.4.2", "Hostname": "web\\u001b[31m", "HardwareAddress": [2, 0, 0, 0, 4, 2],
           "ExpirationRealtimeUSec": 1767225600000000},
          {"AddressString": "10.128.4.200", "HardwareAddress": [2, 0, 0, 0, 4, 200],
           "ExpirationRealtimeUSec": 1767225660000000}]}
        """
            .formatted(BOOT));
    prepared.host.said.put(
        "nft --json list chain inet bitbuilder " + tenant + "/lan/out", counted(0, 3, 1200));
    prepared.host.said.put(
        "nft --json list chain inet bitbuilder " + tenant + "/lan/in", counted(70, 1, 9));
    prepared.host.said.put(
        "ip -json route get 203.0.113.9",
        new Commands.Result(0, "[{\"dst\":\"203.0.113.9\",\"dev\":\"eth0\"}]", "", false));
    prepared.host.said.put(
        "ip -json route get 203.0.113.9 from 10.128.4.2 iif bb-4",
        new Commands.Result(0, "[{\"dst\":\"203.0.113.9\",\"dev\":\"eth0\"}]", "", false));
    prepared.host.said.put(
        "ip -json route get 198.51.100.7 from 10.128.4.2 iif bb-4",
        new Commands.Result(0, "[{\"dst\":\"198.51.100.7\",\"dev\":\"eth9\"}]", "", false));
    prepared.host.said.put(
        "ip -json route get 198.51.100.1 from 10.128.4.2 iif bb-4",
        new Commands.Result(0, "[{\"type\":\"local\",\"dev\":\"lo\"}]", "", false));
  }

  private static Commands.Result counted(long... packets) {
    StringBuilder rules = new StringBuilder("{\"nftables\": [{\"metainfo\": {}}, {\"chain\": {}}");
    for (long count : packets) {
      rules.append(
          ", {\"rule\": {\"expr\": [{\"match\": {}}, {\"counter\": {\"packets\": %d, \"bytes\": %d}}]}}"
              .formatted(count, 60 * count));
    }
    return new Commands.Result(0, rules.append("]}").toString(), "", false);
  }

  private static void write(Path root, String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
