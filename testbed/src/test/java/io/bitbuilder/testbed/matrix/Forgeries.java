package io.bitbuilder.testbed.matrix;

import static io.bitbuilder.testbed.matrix.Frames.EVERYBODY;
import static io.bitbuilder.testbed.matrix.Frames.ethernet;
import static io.bitbuilder.testbed.matrix.Frames.groupMac;
import static io.bitbuilder.testbed.matrix.Frames.ip;
import static io.bitbuilder.testbed.matrix.Frames.join;
import static io.bitbuilder.testbed.matrix.Probes.line;
import static io.bitbuilder.testbed.matrix.Probes.mark;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** What a guest sends on its own link to be taken for a router, a server, or somebody else. */
final class Forgeries {
  private static final String NODES = "ff02::1";
  private static final String OTHER_MAC = "06:5f:1c:9a:42:e8";
  private static final int ADVERTISEMENT = 136;

  private final Probes probes;
  private final Party from;

  Forgeries(Probes probes, Party from) {
    this.probes = probes;
    this.from = from;
  }

  /** To one on the same link. */
  void to(Party to) {
    Party gateway = from.via();
    Party claimed = to.equals(gateway) ? from : gateway;
    if (from.has(Family.V4) && to.has(Family.V4)) {
      offer(to, "unicast", to.mac(), to.address(Family.V4));
      String address =
          to.equals(gateway) ? Impostor.free(from.address(Family.V4)) : gateway.address(Family.V4);
      arp(to, "unicast", to.mac(), 2, from.mac(), address, to.address(Family.V4));
    }
    if (from.has(Family.LOCAL) && to.has(Family.LOCAL)) {
      String local = to.address(Family.LOCAL);
      String own = from.address(Family.LOCAL);
      advertise(to, "unicast", to.mac(), number -> router(own, local, number));
      offerV6(to, "unicast", to.mac(), local);
      String address = to.equals(gateway) ? "fe80::dead:beef" : claimed.address(Family.LOCAL);
      neighbour(to, "unicast", to.mac(), local, address, from.mac());
      redirect(to, local);
    }
  }

  /** To all on the link. */
  void toEverybody() {
    if (from.has(Family.V4)) {
      discover();
      offer(null, "broadcast", EVERYBODY, "255.255.255.255");
      forgedArp();
    }
    if (from.has(Family.LOCAL)) {
      solicit();
      advertisements();
      forgedNeighbours();
    }
    odd();
  }

  private void forgedArp() {
    String own = from.address(Family.V4);
    String gateway = from.via().address(Family.V4);
    String free = Impostor.free(own);
    arp(null, "gateway", EVERYBODY, 2, from.mac(), gateway, gateway);
    arp(null, "gateway-request", EVERYBODY, 1, from.mac(), gateway, gateway);
    arp(null, "free", EVERYBODY, 2, from.mac(), free, free);
    arp(null, "nobody", EVERYBODY, 2, from.mac(), "0.0.0.0", gateway);
    // Asking whether it is free keeps another from taking it.
    arp(null, "gateway-probe", EVERYBODY, 1, from.mac(), "0.0.0.0", gateway);
    arp(null, "other-mac", EVERYBODY, 2, OTHER_MAC, own, own);
    arp(null, "other-mac-request", EVERYBODY, 1, OTHER_MAC, own, gateway);
    for (Party other : probes.parties()) {
      if (other.isGuest() && other.isOnLinkWith(from) && !other.equals(from)) {
        String address = other.address(Family.V4);
        arp(null, "neighbour", EVERYBODY, 2, from.mac(), address, address);
      }
    }
    String priority = "gateway-priority";
    probes.add(
        from,
        null,
        Kind.FORGED_ARP,
        priority,
        Family.V4,
        0,
        number -> {
          byte[] arp = Frames.arp(2, from.mac(), gateway, EVERYBODY, gateway, mark(number));
          byte[] frame = ethernet(EVERYBODY, from.mac(), Frames.ARP, arp);
          return List.of(line(from, Frames.tagged(frame, Tags.PRIORITY)));
        });
  }

  private void arp(
      @Nullable Party to,
      String variant,
      String toMac,
      int operation,
      String mac,
      String address,
      String target) {
    IntFunction<List<String>> lines =
        number -> {
          byte[] arp = Frames.arp(operation, mac, address, toMac, target, mark(number));
          return List.of(line(from, ethernet(toMac, from.mac(), Frames.ARP, arp)));
        };
    probes.add(from, to, Kind.FORGED_ARP, variant, Family.V4, 0, lines);
  }

  private void forgedNeighbours() {
    Party gateway = from.via();
    String all = groupMac(NODES);
    for (Family family : List.of(Family.V6, Family.LOCAL)) {
      if (from.has(family) && gateway.has(family)) {
        String name = family == Family.V6 ? "gateway" : "gateway-local";
        neighbour(null, name, all, NODES, gateway.address(family), from.mac());
      }
    }
    duplicate();
    for (Party other : probes.parties()) {
      if (other.isGuest() && other.isOnLinkWith(from) && !other.equals(from)) {
        neighbour(null, "neighbour", all, NODES, other.address(Family.LOCAL), from.mac());
      }
    }
  }

  /** Asks whether an address is free that another may be about to take. */
  private void duplicate() {
    Party gateway = from.via();
    if (!gateway.has(Family.LOCAL)) {
      return;
    }
    String address = gateway.address(Family.LOCAL);
    String group = Frames.solicitedNode(address);
    IntFunction<byte[]> packet =
        number ->
            Frames.icmp6(
                "::",
                group,
                135,
                join(new byte[4], ip(address), Frames.unknownOption(mark(number))));
    Kind kind = Kind.FORGED_ND;
    probes.frame(from, null, kind, "gateway-probe", Family.V6, groupMac(group), from.mac(), packet);
  }

  /** Says who has an address, unasked. */
  private void neighbour(
      @Nullable Party to,
      String variant,
      String toMac,
      String receiver,
      String address,
      String mac) {
    IntFunction<byte[]> packet =
        number -> {
          byte[] body =
              join(
                  new byte[] {0x20, 0, 0, 0}, // it overrides what is known
                  ip(address),
                  Frames.linkAddress(2, mac),
                  Frames.unknownOption(mark(number)));
          return Frames.icmp6(from.address(Family.LOCAL), receiver, ADVERTISEMENT, body);
        };
    probes.frame(from, to, Kind.FORGED_ND, variant, Family.V6, toMac, from.mac(), packet);
  }

  private void advertisements() {
    String own = from.address(Family.LOCAL);
    String all = groupMac(NODES);
    advertise(null, "", all, number -> router(own, NODES, number));
    Party gateway = from.via();
    if (gateway.has(Family.LOCAL)) {
      String local = gateway.address(Family.LOCAL);
      advertise(null, "as-gateway", all, number -> router(local, NODES, number));
    }
    behind("fragment", 44, number -> Frames.fragment(Frames.ICMP6, 0, false, number));
    behind("hop-by-hop", 0, number -> Frames.options(Frames.ICMP6));
    behind("options", 60, number -> Frames.options(Frames.ICMP6));
    behind(
        "hop-by-hop-options-fragment",
        0,
        number ->
            join(
                Frames.options(60),
                Frames.options(44),
                Frames.fragment(Frames.ICMP6, 0, false, number)));
    twoFragments();
    IntFunction<List<String>> tagged =
        number -> {
          byte[] frame = ethernet(all, from.mac(), Frames.IPV6, router(own, NODES, number));
          return List.of(line(from, Frames.tagged(frame, Tags.PRIORITY)));
        };
    probes.add(from, null, Kind.ROUTER_ADVERTISEMENT, "priority", Family.V6, 0, tagged);
  }

  private void advertise(
      @Nullable Party to, String variant, String toMac, IntFunction<byte[]> packet) {
    Kind kind = Kind.ROUTER_ADVERTISEMENT;
    probes.frame(from, to, kind, variant, Family.V6, toMac, from.mac(), packet);
  }

  /** With headers between that of IPv6 and the advertisement. */
  private void behind(String variant, int next, IntFunction<byte[]> headers) {
    String own = from.address(Family.LOCAL);
    advertise(
        null,
        variant,
        groupMac(NODES),
        number ->
            Frames.packet(
                own, NODES, next, join(headers.apply(number), routerPayload(own, NODES, number))));
  }

  /** The first part ends before it says that it is an advertisement. */
  private void twoFragments() {
    String own = from.address(Family.LOCAL);
    IntFunction<List<String>> lines =
        number -> {
          byte[] whole = join(Frames.options(Frames.ICMP6), routerPayload(own, NODES, number));
          byte[] first = join(Frames.fragment(60, 0, true, number), Arrays.copyOf(whole, 8));
          byte[] second =
              join(
                  Frames.fragment(60, 8, false, number),
                  Arrays.copyOfRange(whole, 8, whole.length));
          return List.of(
              line(from, packet(Frames.packet(own, NODES, 44, first))),
              line(from, packet(Frames.packet(own, NODES, 44, second))));
        };
    Kind kind = Kind.ROUTER_ADVERTISEMENT;
    probes.add(from, null, kind, "two-fragments", Family.V6, 0, lines);
  }

  private byte[] packet(byte[] packet) {
    return ethernet(groupMac(NODES), from.mac(), Frames.IPV6, packet);
  }

  private byte[] router(String source, String receiver, int number) {
    return Frames.packet(source, receiver, Frames.ICMP6, routerPayload(source, receiver, number));
  }

  /** A router with a prefix of its own, for half an hour. */
  private byte[] routerPayload(String source, String receiver, int number) {
    byte[] prefix =
        join(
            new byte[] {3, 4, 64, (byte) 0xc0, 0, 0, 7, 8, 0, 0, 7, 8, 0, 0, 0, 0},
            ip(FORGED_PREFIX));
    byte[] body =
        join(
            new byte[] {64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0},
            Frames.linkAddress(1, from.mac()),
            prefix,
            Frames.unknownOption(mark(number)));
    return Frames.icmp6Payload(source, receiver, 134, body);
  }

  /** What forged advertisements announce; nobody may ever have an address of it. */
  static final String FORGED_PREFIX = "2001:db8:bad::";

  private void redirect(Party to, String local) {
    String own = from.address(Family.LOCAL);
    IntFunction<byte[]> packet =
        number -> {
          byte[] body =
              join(new byte[4], ip(own), ip("2001:db8:bad::1"), Frames.unknownOption(mark(number)));
          return Frames.icmp6(own, local, 137, body);
        };
    probes.frame(from, to, Kind.REDIRECT, "", Family.V6, to.mac(), from.mac(), packet);
  }

  private void discover() {
    IntFunction<byte[]> packet =
        number -> Frames.udp("0.0.0.0", "255.255.255.255", 68, 67, bootp(1, "0.0.0.0", number));
    Kind kind = Kind.DHCP_DISCOVER;
    probes.frame(from, null, kind, "", Family.V4, EVERYBODY, from.mac(), packet);
  }

  private void offer(@Nullable Party to, String variant, String toMac, String receiver) {
    String own = from.address(Family.V4);
    IntFunction<byte[]> packet =
        number -> Frames.udp(own, receiver, 67, 68, bootp(2, Impostor.free(own), number));
    offer(to, variant, Family.V4, toMac, packet);
    // Clients do not look at the port it comes from.
    IntFunction<byte[]> port =
        number -> Frames.udp(own, receiver, 1067, 68, bootp(2, Impostor.free(own), number));
    offer(to, variant + "-port", Family.V4, toMac, port);
    IntFunction<byte[]> first = number -> Frames.withMoreFragments(packet.apply(number));
    offer(to, variant + "-fragment", Family.V4, toMac, first);
  }

  private void offerV6(Party to, String variant, String toMac, String receiver) {
    String own = from.address(Family.LOCAL);
    byte[] advertise = {2, 1, 2, 3};
    IntFunction<byte[]> packet =
        number -> Frames.udp(own, receiver, 547, 546, join(advertise, mark(number)));
    offer(to, variant, Family.V6, toMac, packet);
    IntFunction<byte[]> port =
        number -> Frames.udp(own, receiver, 1547, 546, join(advertise, mark(number)));
    offer(to, variant + "-port", Family.V6, toMac, port);
    IntFunction<byte[]> behind =
        number -> {
          byte[] whole = packet.apply(number);
          byte[] datagram = Arrays.copyOfRange(whole, 40, whole.length);
          return Frames.packet(own, receiver, 0, join(Frames.options(Frames.UDP), datagram));
        };
    offer(to, variant + "-hop-by-hop", Family.V6, toMac, behind);
  }

  private void offer(
      @Nullable Party to, String variant, Family family, String toMac, IntFunction<byte[]> packet) {
    probes.frame(from, to, Kind.DHCP_OFFER, variant, family, toMac, from.mac(), packet);
  }

  /** A message of DHCP with the mark in the place of the server's name. */
  private byte[] bootp(int operation, String offered, int number) {
    byte[] mac = java.util.HexFormat.ofDelimiter(":").parseHex(from.mac());
    byte[] kind = {99, (byte) 130, 83, 99, 53, 1, (byte) operation, (byte) 255};
    return join(
        new byte[] {(byte) operation, 1, 6, 0, 1, 2, 3, 4, 0, 0, (byte) 0x80, 0},
        ip("0.0.0.0"),
        ip(offered),
        ip("0.0.0.0"),
        ip("0.0.0.0"),
        Arrays.copyOf(mac, 16),
        Arrays.copyOf(mark(number), 64),
        new byte[128],
        kind);
  }

  private void solicit() {
    String own = from.address(Family.LOCAL);
    String routers = "ff02::2";
    IntFunction<byte[]> packet =
        number -> {
          byte[] body =
              join(
                  new byte[4],
                  Frames.linkAddress(1, from.mac()),
                  Frames.unknownOption(mark(number)));
          return Frames.icmp6(own, routers, 133, body);
        };
    Kind kind = Kind.ROUTER_SOLICITATION;
    probes.frame(from, null, kind, "", Family.V6, groupMac(routers), from.mac(), packet);
  }

  private void odd() {
    other("experimental", EVERYBODY, 0x88b5);
    other("mpls", EVERYBODY, 0x8847);
    other("pppoe", EVERYBODY, 0x8863);
    other("rarp", EVERYBODY, 0x8035);
    other("wake", EVERYBODY, 0x0842);
    // Below 1536 it is a length: a message of the spanning tree, from the root of all bridges.
    other("spanning-tree", "01:80:c2:00:00:00", 46);
  }

  private void other(String variant, String to, int type) {
    byte[] head = type < 1536 ? new byte[] {0x42, 0x42, 3, 0, 0, 0, 0, 0} : new byte[8];
    IntFunction<List<String>> lines =
        number -> List.of(line(from, ethernet(to, from.mac(), type, join(head, mark(number)))));
    probes.add(from, null, Kind.ODD, variant, Family.V4, 0, lines);
  }
}
