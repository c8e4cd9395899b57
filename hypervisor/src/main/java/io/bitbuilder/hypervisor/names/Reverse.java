package io.bitbuilder.hypervisor.names;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;

/** Names that stand for addresses (RFC 1035, section 3.5; RFC 3596, section 2.5). */
final class Reverse {
  private Reverse() {}

  /** The name of an address. */
  static DomainName of(InetAddress address) {
    StringBuilder text = new StringBuilder();
    byte[] bytes = address.getAddress();
    for (int i = bytes.length - 1; i >= 0; i--) {
      int octet = bytes[i] & 0xff;
      if (bytes.length == 4) {
        text.append(octet).append('.');
      } else {
        text.append(Integer.toHexString(octet & 0xf)).append('.');
        text.append(Integer.toHexString(octet >> 4)).append('.');
      }
    }
    return DomainName.of(text + (bytes.length == 4 ? "in-addr.arpa" : "ip6.arpa"));
  }

  /**
   * Zones of addresses that mean something else everywhere, and are nobody's to tell of (RFC 6303,
   * section 4; RFC 7793).
   */
  static Set<DomainName> local() {
    Set<DomainName> zones = new HashSet<>();
    for (String zone : new String[] {"0", "10", "127", "254.169", "168.192"}) {
      zones.add(DomainName.of(zone + ".in-addr.arpa"));
    }
    for (String zone : new String[] {"2.0.192", "100.51.198", "113.0.203", "255.255.255.255"}) {
      zones.add(DomainName.of(zone + ".in-addr.arpa"));
    }
    for (int i = 16; i < 32; i++) {
      zones.add(DomainName.of(i + ".172.in-addr.arpa"));
    }
    for (int i = 64; i < 128; i++) {
      zones.add(DomainName.of(i + ".100.in-addr.arpa"));
    }
    for (String zone : new String[] {"d.f", "c.f", "8.e.f", "9.e.f", "a.e.f", "b.e.f"}) {
      zones.add(DomainName.of(zone + ".ip6.arpa"));
    }
    zones.add(DomainName.of("8.b.d.0.1.0.0.2.ip6.arpa"));
    // The unspecified address and that of the machine itself.
    zones.add(DomainName.of("0.".repeat(31) + "ip6.arpa"));
    return zones;
  }
}
