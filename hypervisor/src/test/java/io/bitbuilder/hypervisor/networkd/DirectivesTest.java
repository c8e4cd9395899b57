package io.bitbuilder.hypervisor.networkd;

import static io.bitbuilder.hypervisor.networkd.FileKind.LINK;
import static io.bitbuilder.hypervisor.networkd.FileKind.NETDEV;
import static io.bitbuilder.hypervisor.networkd.FileKind.NETWORK;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectivesTest {
  private static final Directives LIST =
      Directives.parse(
          List.of(
              "# a comment",
              "systemd 262",
              "conf Network SpeedMeter UseDomains",
              "link Link MTUBytes",
              "netdev Bridge Priority STP",
              "netdev VLAN Flags Id",
              "network Bridge Isolated Priority",
              "network Network Address UseDomains"));

  @TempDir Path root;

  private static NamesInBinary binary(String... strings) {
    return new NamesInBinary("\u007fELF\0" + String.join("\0", strings) + "\0\u0001\u0002");
  }

  private void program(String path, String... strings) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "\0" + String.join("\0", strings) + "\0", StandardCharsets.ISO_8859_1);
  }

  @Test
  void theShippedListIsWhole() {
    Directives shipped = Directives.shipped();
    assertThat(shipped.version()).isEqualTo(262);
    int keys = 0;
    for (FileKind kind : FileKind.values()) {
      for (String section : shipped.sections(kind)) {
        keys += shipped.keys(kind, section).size();
      }
    }
    assertThat(keys).isGreaterThan(950);
    assertThat(shipped.keys(NETWORK, "DHCPServer")).contains("PoolOffset", "DefaultLeaseTimeSec");
    assertThat(shipped.keys(NETDEV, "Bridge")).contains("STP").doesNotContain("Isolated");
    assertThat(shipped.keys(NETWORK, "Bridge")).contains("Isolated").doesNotContain("STP");
    assertThat(shipped.keys(LINK, "Link")).contains("NamePolicy");
    // Only in networkd.conf(5).
    assertThat(shipped.keys(NETWORK, "Network")).contains("DNS").doesNotContain("SpeedMeter");
    // As it was once spelt.
    assertThat(shipped.keys(NETWORK, "DHCP")).contains("UseDNS");
    assertThat(shipped.keys(NETWORK, "IPv6PrefixDelegation")).contains("EmitDNS");
  }

  @Test
  void whatAProgramNoLongerHasIsUnknown() {
    Directives here = LIST.asIn(binary("Bridge.STP", "Network.Address"), List.of(NETDEV, NETWORK));
    assertThat(here.keys(NETDEV, "Bridge")).containsExactly("STP");
    assertThat(here.sections(NETWORK)).containsExactly("Network");
    assertThat(here.keys(LINK, "Link")).as("another program's").containsExactly("MTUBytes");
  }

  @Test
  void whatAProgramHasBeyondTheListIsKnown() {
    Directives here =
        LIST.asIn(
            binary("Bridge.Priority", "Network.Fresh", "Novel.Key", "Bridge.Both"),
            List.of(NETDEV, NETWORK));
    assertThat(here.keys(NETWORK, "Network")).containsExactly("Fresh");
    assertThat(here.keys(NETDEV, "Network")).isEmpty();
    assertThat(here.keys(NETDEV, "Bridge")).containsExactly("Both", "Priority");
    assertThat(here.keys(NETWORK, "Bridge")).containsExactly("Both", "Priority");
    assertThat(here.keys(NETDEV, "Novel")).containsExactly("Key");
    assertThat(here.keys(NETWORK, "Novel")).containsExactly("Key");
  }

  @Test
  void keysOfTheMainConfigurationAreNoKeysOfFiles() {
    Directives here =
        LIST.asIn(binary("Network.SpeedMeter", "Network.UseDomains"), List.of(NETDEV, NETWORK));
    assertThat(here.keys(NETWORK, "Network")).containsExactly("UseDomains");
  }

  @Test
  void aNameMayLieInTheEndOfAnother() {
    Directives here =
        LIST.asIn(binary("IPVLAN.Flags", "io.systemd.Network.Address"), List.of(NETDEV, NETWORK));
    assertThat(here.keys(NETDEV, "VLAN")).containsExactly("Flags");
    assertThat(here.keys(NETWORK, "Network")).containsExactly("Address");
  }

  @Test
  void whatOnlyLooksLikeANameIsNone() {
    NamesInBinary names =
        binary("Bridge.STP more", "lower.Case", "Upper.case", ".Key", "Section.", "A.B", "x.A.C");
    assertThat(names.whole()).containsExactly("A.B");
    assertThat(names.has("Bridge", "STP")).isFalse();
    assertThat(names.has("A", "C")).isTrue();
  }

  @Test
  void theProgramsOfTheHostAreAsked() throws IOException {
    program("usr/lib/systemd/systemd-networkd", "libsystemd-shared-263.so", "Network.Novel");
    program("usr/bin/udevadm", "libsystemd-shared-263.so", "Link.Novel");
    Directives here = Directives.of(root);
    assertThat(here.version()).isEqualTo(263);
    assertThat(here.keys(NETWORK, "Network")).containsExactly("Novel");
    assertThat(here.keys(LINK, "Link")).containsExactly("Novel");
  }

  /** There files for hosts are written, whose systemd is a newer one. */
  @Test
  void anOlderSystemdIsAWorkstations() throws IOException {
    program("usr/lib/systemd/systemd-networkd", "libsystemd-shared-252.so", "Network.Address");
    program("usr/bin/udevadm", "Link.MTUBytes");
    Directives here = Directives.of(root);
    assertThat(here.version()).isEqualTo(262);
    assertThat(here.keys(NETWORK, "Network")).hasSizeGreaterThan(50);
    assertThat(here.keys(LINK, "Link")).hasSizeGreaterThan(50);
  }

  @Test
  void whatIsNoProgramIsNotRead() throws IOException {
    Files.createDirectories(root.resolve("usr/lib/systemd/systemd-networkd"));
    assertThat(Directives.of(root).version()).isEqualTo(262);
  }
}
