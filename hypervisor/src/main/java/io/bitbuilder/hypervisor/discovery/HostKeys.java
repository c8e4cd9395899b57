package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;
import static io.bitbuilder.hypervisor.schema.Consequence.RECREATE;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.SystemConfig.Fleet;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.MapOf;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The keys of {@code hosts} of the system repository. */
final class HostKeys {
  private static final Scalar<String> ENDPOINT =
      Types.text(
          "endpoint",
          "an address and a port: 192.0.2.1:51820 or [2001:db8::1]:51820",
          Code.BB209,
          Map.of("type", "string"),
          text -> Addresses.isEndpoint(text) && isAddress(text));

  private static final Key<Integer> SLOT =
      Key.of(
              "slot",
              Amounts.integer(0, Fleet.SLOTS - 1),
              RECREATE,
              "Which eighth of the IPv4 addresses of a shared network it hands out; every host"
                  + " another.")
          .mandatory();
  private static final Key<String> ENDPOINT_KEY =
      Key.of("endpoint", ENDPOINT, LIVE, "Where the other hosts reach it.").mandatory();
  private static final Key<String> PUBLIC_KEY =
      Key.of(
          "publicKey",
          WireguardFile.PUBLIC_KEY,
          LIVE,
          "Its public key of WireGuard, as `bitbuilder doctor` shows it there.");

  /** The hosts by name. */
  static final MapOf<Values> BY_NAME =
      new MapOf<>(
          "host name",
          Vocabulary.TAG.expected(),
          Vocabulary::isTag,
          Shape.of("a host", SLOT, ENDPOINT_KEY, PUBLIC_KEY));

  private HostKeys() {}

  /** The fleet; reports what two hosts cannot both have. */
  static Fleet fleet(SortedMap<String, Values> hosts, boolean encrypted) {
    SortedMap<String, Fleet.Member> members = new TreeMap<>();
    Map<Integer, String> slots = new HashMap<>();
    hosts.forEach((name, host) -> {
      String other = host.has(SLOT) ? slots.putIfAbsent(host.get(SLOT), name) : null;
      if (other != null) {
        host.reading()
            .add(
                Code.BB305,
                host.at(SLOT),
                "slot " + host.get(SLOT) + " is that of host `" + other + "` as well",
                "every slot once",
                "");
      }
      if (encrypted && !host.has(PUBLIC_KEY)) {
        host.reading()
            .add(
                Code.BB203,
                host.reading().document().at(host.node()),
                "host `" + name + "` has no `publicKey`",
                "its public key, as `bitbuilder doctor` shows it there",
                "or `network: {underlay: plain}`, where nobody else can read or write the link");
      }
      if (host.has(SLOT) && host.has(ENDPOINT_KEY)) {
        members.put(
            name,
            new Fleet.Member(
                host.get(SLOT),
                host.get(ENDPOINT_KEY),
                host.find(PUBLIC_KEY).orElse(""),
                pointer -> host.reading().document().at(host.node(), pointer)));
      }
    });
    return new Fleet("", encrypted, members);
  }

  private static boolean isAddress(String endpoint) {
    String host = endpoint.substring(0, endpoint.lastIndexOf(':'));
    return host.startsWith("[") || Addresses.parse4(host) >= 0;
  }
}
