package io.bitbuilder.testbed.matrix;

import io.bitbuilder.testbed.matrix.Party.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Whom a sender may claim to be, by the name of the variant. */
final class Impostor {
  private final Party from;
  private final Party to;
  private final List<Party> parties;

  Impostor(Party from, Party to, List<Party> parties) {
    this.from = from;
    this.to = to;
    this.parties = parties;
  }

  /** Addresses that are not its own. */
  Map<String, String> addresses(Family family) {
    Map<String, String> all = new LinkedHashMap<>();
    if (from.isGuest()) {
      Party gateway = from.via();
      add(all, "gateway", Optional.of(gateway), family);
      all.put("free", free(from.address(family)));
    }
    // Of the receiver's own network, so that a filter by the sender's network alone shows.
    add(
        all,
        "neighbour",
        first(one -> one.isGuest() && one.isOnLinkWith(to) && !one.equals(to) && !one.equals(from)),
        family);
    add(all, "stranger", first(one -> one.isGuest() && !one.isOnLinkWith(from)), family);
    add(all, "host", first(one -> one.role() == Role.HOST), family);
    add(all, "peer", first(one -> one.role() == Role.PEER && !one.equals(from)), family);
    if (family == Family.V4) {
      all.put("loopback", "127.0.0.1");
      all.put("nobody", "0.0.0.0");
      all.put("group", "224.0.0.9");
      all.put("everybody", "255.255.255.255");
    } else {
      all.put("loopback", "::1");
      all.put("nobody", "::");
      all.put("group", "ff02::9");
      if (from.isGuest()) {
        add(all, "gateway-local", Optional.of(from.via()), Family.LOCAL);
        all.put("free-local", "fe80::dead:beef");
      }
    }
    return all;
  }

  /** MAC addresses that are not its own. */
  Map<String, String> macs(String random) {
    Map<String, String> all = new LinkedHashMap<>();
    if (!from.isGuest()) {
      return all;
    }
    all.put("random", random);
    all.put("gateway", from.via().mac());
    first(one -> one.isGuest() && one.isOnLinkWith(from) && !one.equals(from) && !one.equals(to))
        .ifPresent(one -> all.put("neighbour", one.mac()));
    first(one -> one.isGuest() && !one.isOnLinkWith(from))
        .ifPresent(one -> all.put("stranger", one.mac()));
    return all;
  }

  /** An address of the sender's own subnet that nobody has. */
  static String free(String address) {
    if (address.indexOf(':') >= 0) {
      return address.substring(0, address.lastIndexOf(':')) + ":dead";
    }
    return address.substring(0, address.lastIndexOf('.')) + ".253";
  }

  private Optional<Party> first(Predicate<Party> wanted) {
    return parties.stream().filter(wanted).findFirst();
  }

  private static void add(
      Map<String, String> all, String variant, Optional<Party> party, Family family) {
    party.filter(one -> one.has(family)).ifPresent(one -> all.put(variant, one.address(family)));
  }
}
