package io.bitbuilder.testbed.matrix;

import static io.bitbuilder.testbed.matrix.Frames.EVERYBODY;
import static io.bitbuilder.testbed.matrix.Frames.ethernet;
import static io.bitbuilder.testbed.matrix.Frames.packet;
import static io.bitbuilder.testbed.matrix.Frames.type;
import static io.bitbuilder.testbed.matrix.Frames.udp;

import io.bitbuilder.testbed.matrix.Party.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Everything that everybody sends everybody, numbered from one. */
public final class Probes {
  /** Where listeners answer; see probe.py. */
  static final int PORT = 7777;

  private static final String RANDOM_MAC = "06:5f:1c:9a:42:e7";

  private final List<Probe> probes = new ArrayList<>();
  private final List<Party> parties;

  private Probes(List<Party> parties) {
    this.parties = parties;
  }

  /**
   * The probes of these parties.
   *
   * @param senders those who send
   * @param parties those who are sent to; the senders may be among them
   */
  public static List<Probe> among(List<Party> senders, List<Party> parties) {
    Probes made = new Probes(parties);
    for (Party from : senders) {
      made.from(from);
    }
    return made.probes;
  }

  private void from(Party from) {
    for (Party to : parties) {
      if (to.observer().equals(from.observer())) {
        continue;
      }
      sockets(from, to);
      if (from.role() == Role.HOST) {
        continue; // root of the host may send whatever it likes
      }
      plainFrames(from, to);
      spoofed(from, to);
      tagged(from, to);
      if (from.isGuest() && to.isOnLinkWith(from)) {
        new Forgeries(this, from).to(to);
      }
    }
    if (from.role() != Role.HOST) {
      toEverybody(from);
    }
    if (from.isGuest()) {
      new Forgeries(this, from).toEverybody();
    }
  }

  /** What an ordinary program sends. */
  private void sockets(Party from, Party to) {
    if (to.address(Family.V4).startsWith("127.")) {
      return; // the kernel would keep it
    }
    for (Family family : Family.values()) {
      boolean reachable = family != Family.LOCAL || bridgeTo(from, to) != null;
      if (!from.has(family) || !to.has(family) || !reachable) {
        continue;
      }
      String address = to.address(family);
      if (family == Family.LOCAL) {
        address += "%" + bridgeTo(from, to);
      }
      socket(from, to, Kind.ICMP, family, "icmp", address, 0);
      socket(from, to, Kind.TCP, family, "tcp", address, PORT);
      socket(from, to, Kind.UDP, family, "udp", address, PORT);
      if (from.isGuest()) {
        socket(from, to, Kind.DNS, family, "udp", address, 53);
      }
    }
  }

  /** The interface of a party that link-local addresses of another are on, if there is one. */
  private @Nullable String bridgeTo(Party from, Party to) {
    if (to.isOnLinkWith(from)) {
      return from.link();
    }
    for (Party host : parties) {
      if (from.role() == Role.HOST && host.role() == Role.GATEWAY && host.isOnLinkWith(to)) {
        return host.link();
      }
    }
    return null;
  }

  private void socket(
      Party from, Party to, Kind kind, Family family, String verb, String address, int port) {
    add(
        from,
        to,
        kind,
        "",
        family,
        port,
        number -> List.of("%s %d %s %d".formatted(verb, number, address, port)));
  }

  /** True source addresses, in frames made by hand. */
  private void plainFrames(Party from, Party to) {
    for (Family family : List.of(Family.V4, Family.V6)) {
      if (!from.has(family) || !to.has(family)) {
        continue;
      }
      if (from.isGuest() && !to.mac().isEmpty()) {
        frame(from, to, Kind.DIRECT, "", family, to.mac(), from.mac(), datagram(from, to, family));
      }
      // The host forwards for tenants at its uplink, but not for those who are there anyway.
      if (!to.isOnLinkWith(from) || to.role() == Role.PEER) {
        String next = from.via().mac();
        frame(from, to, Kind.ROUTED, "", family, next, from.mac(), datagram(from, to, family));
      }
    }
    if (to.role() == Role.FORBIDDEN) {
      return;
    }
    if (from.has(Family.V4) && to.has(Family.V4)) {
      add(from, to, Kind.ARP, "", Family.V4, 0, number -> List.of(who(from, to, number)));
    }
    for (Family family : List.of(Family.V6, Family.LOCAL)) {
      if (from.has(family) && to.has(family)) {
        add(from, to, Kind.ND, "", family, 0, number -> List.of(whoV6(from, to, family, number)));
      }
    }
  }

  private String who(Party from, Party to, int number) {
    String address = to.address(Family.V4);
    String nobody = "00:00:00:00:00:00";
    byte[] request =
        Frames.arp(1, from.mac(), from.address(Family.V4), nobody, address, mark(number));
    return line(from, ethernet(EVERYBODY, from.mac(), Frames.ARP, request));
  }

  private String whoV6(Party from, Party to, Family family, int number) {
    String address = to.address(family);
    String group = Frames.solicitedNode(address);
    byte[] body =
        Frames.join(
            new byte[4],
            Frames.ip(address),
            Frames.linkAddress(1, from.mac()),
            Frames.unknownOption(mark(number)));
    byte[] packet = Frames.icmp6(from.address(family), group, 135, body);
    return line(from, ethernet(Frames.groupMac(group), from.mac(), Frames.IPV6, packet));
  }

  /** Source addresses that are not the sender's. */
  private void spoofed(Party from, Party to) {
    if (!from.isGuest() && !to.isGuest()) {
      return; // what is on the uplink is for the operator to judge
    }
    Impostor impostor = new Impostor(from, to, parties);
    String next = nextHop(from, to);
    for (Family family : List.of(Family.V4, Family.V6)) {
      if (!from.has(family) || !to.has(family)) {
        continue;
      }
      String address = to.address(family);
      impostor
          .addresses(family)
          .forEach((variant, source) -> {
            IntFunction<byte[]> data = number -> udp(source, address, PORT, PORT, mark(number));
            frame(from, to, Kind.SPOOFED_IP, variant, family, next, from.mac(), data);
          });
      impostor
          .macs(RANDOM_MAC)
          .forEach((variant, source) -> {
            IntFunction<byte[]> data = datagram(from, to, family);
            frame(from, to, Kind.SPOOFED_MAC, variant, family, next, source, data);
          });
    }
  }

  private void tagged(Party from, Party to) {
    if (!from.isGuest() && !to.isGuest()) {
      return;
    }
    for (Family family : List.of(Family.V4, Family.V6)) {
      if (!from.has(family) || !to.has(family)) {
        continue;
      }
      Tags.ALL.forEach((variant, tags) ->
          add(
              from,
              to,
              Kind.VLAN,
              variant,
              family,
              PORT,
              number -> {
                byte[] data = datagram(from, to, family).apply(number);
                byte[] frame =
                    ethernet(nextHop(from, to), from.mac(), type(to.address(family)), data);
                return List.of(line(from, Frames.tagged(frame, tags)));
              }));
    }
  }

  /** To groups: what a peer sends goes to the host's own address, for it to pass on or not. */
  private void toEverybody(Party from) {
    if (from.has(Family.V4)) {
      group(from, Kind.BROADCAST, "", Family.V4, "255.255.255.255");
      group(from, Kind.MULTICAST, "", Family.V4, "224.0.0.251");
      group(from, Kind.MULTICAST, "wide", Family.V4, "239.1.1.1");
    }
    if (from.has(Family.V6)) {
      group(from, Kind.MULTICAST, "", Family.V6, "ff02::1");
      group(from, Kind.MULTICAST, "wide", Family.V6, "ff05::fb");
    }
  }

  private void group(Party from, Kind kind, String variant, Family family, String group) {
    String own = from.address(family);
    String natural = group.equals("255.255.255.255") ? EVERYBODY : Frames.groupMac(group);
    String next = from.isGuest() ? natural : from.via().mac();
    IntFunction<byte[]> data = number -> udp(own, group, PORT, PORT, mark(number));
    frame(from, null, kind, variant, family, next, from.mac(), data);
  }

  private static IntFunction<byte[]> datagram(Party from, Party to, Family family) {
    return number -> udp(from.address(family), to.address(family), PORT, PORT, mark(number));
  }

  private static String nextHop(Party from, Party to) {
    return to.isOnLinkWith(from) ? to.mac() : from.via().mac();
  }

  /** One frame with an IP packet in it. */
  void frame(
      Party from,
      @Nullable Party to,
      Kind kind,
      String variant,
      Family family,
      String toMac,
      String fromMac,
      IntFunction<byte[]> packet) {
    int type = family == Family.V4 ? Frames.IPV4 : Frames.IPV6;
    add(
        from,
        to,
        kind,
        variant,
        family,
        PORT,
        number -> List.of(line(from, ethernet(toMac, fromMac, type, packet.apply(number)))));
  }

  void add(
      Party from,
      @Nullable Party to,
      Kind kind,
      String variant,
      Family family,
      int port,
      IntFunction<List<String>> lines) {
    int number = probes.size() + 1;
    probes.add(new Probe(number, from, to, kind, variant, family, port, lines.apply(number)));
  }

  static String line(Party from, byte[] frame) {
    return "frame " + from.link() + " " + HexFormat.of().formatHex(frame);
  }

  /** What probe.py looks for. */
  static byte[] mark(int number) {
    return "probe-%05d;".formatted(number).getBytes(StandardCharsets.US_ASCII);
  }

  /** The parties there are, for who wants to claim to be one of them. */
  List<Party> parties() {
    return parties;
  }
}
