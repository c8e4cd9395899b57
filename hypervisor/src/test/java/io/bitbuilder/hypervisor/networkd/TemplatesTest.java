package io.bitbuilder.hypervisor.networkd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.model.NetworkTemplates;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TemplatesTest {
  private static final TemplateKind LINK = TemplateKind.BRIDGE_LINK;
  private static final TemplateKind DEVICE = TemplateKind.BRIDGE_DEVICE;
  private static final UnitFile FRAME =
      UnitFile.parse(
          """
          [Match]
          Name=br-a
          [Network]
          IPMasquerade=no
          [DHCPServer]
          Domain=acme.internal
          EmitRouter=no
          [DHCPServerStaticLease]
          Address=10.0.0.2
          """);
  private static final Map<Variable, String> VALUES =
      Map.of(
          Variable.TENANT, "acme",
          Variable.NETWORK, "lan",
          Variable.MODE, "nat",
          Variable.BRIDGE, "br-a",
          Variable.DOMAIN, "acme.internal",
          Variable.GATEWAY, "10.0.0.1",
          Variable.GATEWAY6, "fd00::1");

  private static Templates of(TemplateKind kind, String text) {
    Document.Source source = new Document.Source("", "", kind.file());
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Templates(
        new NetworkTemplates(
            new TreeMap<>(
                Map.of(
                    kind.file(),
                    NetworkFile.template(source, bytes, kind, Directives.shipped(), new Report())
                        .orElseThrow()))));
  }

  private static String filled(String template) {
    return of(LINK, template).fill(LINK, FRAME, VALUES).toString();
  }

  @Test
  void withoutTemplatesTheFrameStands() {
    assertThat(new Templates(NetworkTemplates.NONE).fill(LINK, FRAME, VALUES)).isEqualTo(FRAME);
    assertThat(of(DEVICE, "[Bridge]\nMulticastQuerier=yes").fill(LINK, FRAME, VALUES))
        .isEqualTo(FRAME);
  }

  @Test
  void whatIsThereIsReplacedAndTheRestComesAfterIt() {
    assertThat(
            filled(
                """
                [Network]
                Description=@network@ of @tenant@ at @gateway@, @@, @mode@
                [DHCPServer]
                RapidCommit=no
                DefaultLeaseTimeSec=2h
                Domain=@network@.@domain@
                """))
        .isEqualTo(
            """
            [Match]
            Name=br-a

            [Network]
            IPMasquerade=no
            Description=lan of acme at 10.0.0.1, @, nat

            [DHCPServer]
            Domain=lan.acme.internal
            EmitRouter=no
            DefaultLeaseTimeSec=7200
            RapidCommit=no

            [DHCPServerStaticLease]
            Address=10.0.0.2
            """);
  }

  @Test
  void theOrderOfLinesSaysNothing() {
    assertThat(filled("[DHCPServer]\nRapidCommit=no\nDefaultLeaseTimeSec=2h"))
        .isEqualTo(filled("[DHCPServer]\n# x\nDefaultLeaseTimeSec=120min\nRapidCommit=off"));
  }

  /** A network without DHCP does not get it by a template. */
  @Test
  void aSectionThatIsNotThereIsNotMade() {
    assertThat(filled("[IPv6SendRA]\nDomains=example.org")).doesNotContain("IPv6SendRA");
  }

  @Test
  void theTenantComesFirst() {
    Templates templates = of(DEVICE, "[NetDev]\nMTUBytes=1400");
    UnitFile frame = UnitFile.parse("[NetDev]\nName=br-a\nMTUBytes=9000\n");
    assertThat(templates.fill(DEVICE, frame, VALUES)).isEqualTo(frame);
    assertThat(templates.value(DEVICE, "NetDev", "MTUBytes")).contains("1400");
    assertThat(templates.value(LINK, "DHCPServer", "Domain")).isEmpty();
  }

  /** Values come from tenants; were one of them not what planning vouches for, nothing is made. */
  @Test
  void noValueLeavesItsLine() {
    String signs = "a1-.:/ \n\r\0\t[]=#;\\%\"'\u2028";
    Random random = new Random(7);
    int made = 0;
    for (int i = 0; i < 2000; i++) {
      StringBuilder value = new StringBuilder();
      for (int n = random.nextInt(1, 5); n > 0; n--) {
        value.append(signs.charAt(random.nextInt(i % 2 == 0 ? 3 : signs.length())));
      }
      Map<Variable, String> values = new EnumMap<>(VALUES);
      values.put(Variable.TENANT, value.toString());
      String template =
          List.of("[Network]\nDescription=x @tenant@ y", "[DHCPServer]\nDomain=@tenant@.example")
              .get(i / 2 % 2);
      try {
        UnitFile result = of(LINK, template).fill(LINK, FRAME, values);
        assertThat(result.sections()).hasSameSizeAs(FRAME.sections());
        assertThat(UnitFile.parse(result.toString())).isEqualTo(result);
        assertThat(result.values("Network", "IPMasquerade")).containsExactly("no");
        made++;
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageStartingWith("not a value");
      }
    }
    assertThat(made).isBetween(500, 1500);
  }

  @Test
  void everyVariableIsGiven() {
    Templates templates = of(LINK, "[Network]\nDescription=@gateway6@");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> templates.fill(LINK, FRAME, Map.of(Variable.TENANT, "acme")));
  }
}
