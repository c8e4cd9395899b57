package io.bitbuilder.hypervisor.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.networkd.Kept;
import io.bitbuilder.hypervisor.networkd.TemplateKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NetworkContentsTest {
  private final NetworkContents contents =
      new NetworkContents(new Reach(new TenantId("acme"), Set.of(0x7000_0000L)));

  @Test
  void aNetworkFileIsOfTheBridgeItIsNamedAfter() {
    assertThat(contents.admits("40-bb-x.netdev", "[NetDev]\nName=bb-x\nKind=bridge\n")).isTrue();
    assertThat(contents.admits("40-bb-x.netdev", "[NetDev]\nName=eth0\nKind=bridge\n")).isFalse();
    assertThat(contents.admits("40-bb-x.netdev", "[NetDev]\nName=bb-x\nKind=vxlan\n")).isFalse();
    assertThat(contents.admits("10-bb-x.netdev", "[NetDev]\nName=bb-x\nKind=bridge\n")).isFalse();
    assertThat(contents.admits("40-bb-x.link", "[Match]\nName=bb-x\n")).isFalse();
    assertThat(contents.admits("40-bb-x.network", "[Match]\nName=bb-x\n")).isTrue();
    assertThat(contents.admits("40-bb-x.network", "[Match]\nName=*\n")).isFalse();
    assertThat(contents.admits("40-bb-x.network", "[Network]\nIPv6AcceptRA=yes\n")).isFalse();
    assertThat(contents.admits("40-bb-x.network", "[Network]\nIPMasquerade=both\n")).isFalse();
    assertThat(contents.admits("40-bb-x.network", "[Route]\nGateway=10.0.0.1\n")).isFalse();
  }

  /** What templates may set, and only as templates set it. */
  @Test
  void settingsOfTemplatesAreOfTheirTypes() {
    Map<TemplateKind, String> files =
        Map.of(
            TemplateKind.BRIDGE_DEVICE, "40-bb-x.netdev",
            TemplateKind.BRIDGE_LINK, "40-bb-x.network",
            TemplateKind.SPAN_DEVICE, "40-bx-77.netdev",
            TemplateKind.SPAN_LINK, "40-bx-77.network");
    Map<String, String> good = new TreeMap<>();
    good.put("AgeingTimeSec", "3600");
    good.put("DefaultLeaseTimeSec", "7200");
    good.put("Description", "Network lan of tenant acme, for ops@example.org");
    good.put("Domain", "acme.internal");
    good.put("Domains", "acme.internal example.org");
    good.put("EmitNTP", "yes");
    good.put("EmitTimezone", "no");
    good.put("FDBAgeingSec", "300");
    good.put("MTUBytes", "9000");
    good.put("MaxLeaseTimeSec", "2592000");
    good.put("MulticastIGMPVersion", "3");
    good.put("MulticastQuerier", "no");
    good.put("MulticastSnooping", "yes");
    good.put("NTP", "192.0.2.1 192.0.2.2");
    good.put("RapidCommit", "no");
    good.put("TTL", "64");
    good.put("Timezone", "Europe/Vienna");
    int seen = 0;
    for (Map.Entry<TemplateKind, String> file : files.entrySet()) {
      for (TemplateKind.Allowed allowed : file.getKey().allowed()) {
        String value = good.get(allowed.key());
        String head = "[" + allowed.section() + "]\n" + allowed.key() + "=";
        assertThat(value).as(allowed.key()).isNotNull();
        assertThat(contents.admits(file.getValue(), head + value + "\n")).isTrue();
        for (String bad :
            List.of(
                "",
                " " + value,
                value + " ",
                value + "%n",
                value + "\\",
                "\"" + value + "\"",
                value + "\n[Match]\nName=*",
                value + ";x")) {
          assertThat(contents.admits(file.getValue(), head + bad + "\n"))
              .as("%s=%s", allowed.key(), bad)
              .isFalse();
        }
        seen++;
      }
    }
    assertThat(seen).isEqualTo(20);
    assertThat(contents.admits("40-bb-x.network", "[Network]\nDomains=acme.internal\n")).isFalse();
    assertThat(contents.admits("40-bb-x.network", "[DHCPServer]\nDefaultLeaseTimeSec=2h\n"))
        .as("only in its one form")
        .isFalse();
  }

  /** A table that grew would open what admission keeps shut. */
  @Test
  void templatesOpenNothingThatIsKept() {
    for (Kept kept : Kept.all()) {
      String name = "40-bb-x." + kept.kind().suffix();
      for (String value : List.of("both", "kernel", "eth0")) {
        String key = kept.key().isEmpty() ? "Any" : kept.key();
        assertThat(contents.admits(name, "[" + kept.section() + "]\n" + key + "=" + value + "\n"))
            .as("[%s] %s=%s", kept.section(), key, value)
            .isFalse();
      }
    }
  }
}
