package io.bitbuilder.hypervisor.networkd;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.model.NetworkTemplate;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a template may say, and where each mistake is found. */
class TemplateFileTest {
  private static final Directives DIRECTIVES = Directives.shipped();

  private final Report report = new Report();

  private Optional<NetworkTemplate> read(TemplateKind kind, byte[] bytes) {
    Document.Source source = new Document.Source("system", "", "network/" + kind.file());
    return NetworkFile.template(source, bytes, kind, DIRECTIVES, report);
  }

  private Optional<NetworkTemplate> read(TemplateKind kind, String text) {
    return read(kind, text.getBytes(StandardCharsets.UTF_8));
  }

  private NetworkTemplate good(TemplateKind kind, String text) {
    Optional<NetworkTemplate> read = read(kind, text);
    assertThat(report.sorted()).isEmpty();
    return read.orElseThrow();
  }

  /** {@code CODE line:column pointer message}, one for each finding. */
  private List<String> bad(TemplateKind kind, String text) {
    assertThat(read(kind, text)).isEmpty();
    return report.sorted().stream().map(TemplateFileTest::brief).toList();
  }

  private static String brief(Diagnostic finding) {
    return finding.code()
        + " "
        + finding.location().span().line()
        + ":"
        + finding.location().span().column()
        + "+"
        + finding.location().span().length()
        + " "
        + finding.location().pointer()
        + " "
        + finding.message();
  }

  private List<String> badLease(String line) {
    return bad(TemplateKind.BRIDGE_LINK, "[DHCPServer]\n" + line + "\n");
  }

  @ParameterizedTest
  @EnumSource(TemplateKind.class)
  void anEmptyTemplateAddsNothing(TemplateKind kind) {
    assertThat(good(kind, "# nothing\n; at all\n\n").sections()).isEmpty();
  }

  /** One form, whatever it was written in. */
  @ParameterizedTest
  @CsvSource({
    "DefaultLeaseTimeSec=2h, 7200",
    "DefaultLeaseTimeSec =  120 , 120",
    "DefaultLeaseTimeSec=1h 30min, 5400",
    "DefaultLeaseTimeSec=2m5s, 125",
    "DefaultLeaseTimeSec=120000ms, 120",
    "RapidCommit=ON, yes",
    "RapidCommit=0, no",
    "Domain=example.org, example.org"
  })
  void valuesHaveOneForm(String line, String form) {
    NetworkTemplate template = good(TemplateKind.BRIDGE_LINK, "[DHCPServer]\n" + line);
    assertThat(template.sections().getFirst().settings().getFirst().value())
        .containsExactly(new NetworkTemplate.Part.Text(form));
  }

  @Test
  void whereTheLineEndsAndTheMarkIsOfNoInterest() {
    NetworkTemplate template =
        good(TemplateKind.BRIDGE_LINK, "\uFEFF[DHCPServer]\r\n  Domain=a.example\r\n");
    assertThat(template)
        .isEqualTo(good(TemplateKind.BRIDGE_LINK, "[DHCPServer]\nDomain=a.example"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DefaultLeaseTimeSec=119s",
        "DefaultLeaseTimeSec=31d",
        "DefaultLeaseTimeSec=infinity",
        "DefaultLeaseTimeSec=-120",
        "DefaultLeaseTimeSec=1y",
        "DefaultLeaseTimeSec=1500000ms1ms",
        "DefaultLeaseTimeSec=99999999999999999999",
        "DefaultLeaseTimeSec=999999999w999999999w",
        "DefaultLeaseTimeSec=2h#more",
        "RapidCommit=maybe",
        "Domain=-a.example",
        "Domain=a.example.",
        "Domain=a b",
        "Domain=A.example",
        "Domain=1.2",
        "Domain=a..b",
        "EmitNTP=yes\nNTP=127.0.0.1",
        "EmitNTP=yes\nNTP=256.1.1.1",
        "EmitNTP=yes\nNTP=010.1.1.1",
        "EmitNTP=yes\nNTP=224.0.0.1",
        "EmitNTP=yes\nNTP=192.0.2.1 192.0.2.1",
        "EmitNTP=yes\nNTP=2001:db8::1",
        "EmitNTP=yes\nNTP=_server_address",
        "EmitTimezone=yes\nTimezone=../../etc/passwd",
        "EmitTimezone=yes\nTimezone=/etc/passwd"
      })
  void valuesOfAnotherTypeAreRefused(String lines) {
    assertThat(badLease(lines)).hasSize(1);
  }

  @Test
  void aDomainIsALimitedListOfNames() {
    String nine = "a.x b.x c.x d.x e.x f.x g.x h.x i.x";
    assertThat(bad(TemplateKind.BRIDGE_LINK, "[IPv6SendRA]\nDomains=" + nine)).hasSize(1);
  }

  @Test
  void mistakesHaveTheirPlace() {
    assertThat(
            bad(
                TemplateKind.BRIDGE_LINK,
                """
                Domain=early.example
                [DHCPServr]
                [DHCPServer]
                  DefaultLeaseTime=2h
                DefaultLeaseTimeSec = later
                what is this
                =nothing
                IPMasquerade=yes
                [Network
                [DHCPServer] # here
                """))
        .containsExactly(
            "BB106 1:1+20  `Domain=early.example` is in no section",
            "BB201 2:1+11 /DHCPServr unknown section [DHCPServr]",
            "BB201 4:3+16 /DHCPServer/DefaultLeaseTime unknown key `DefaultLeaseTime` in"
                + " [DHCPServer]",
            "BB208 5:23+5 /DHCPServer/DefaultLeaseTimeSec `DefaultLeaseTimeSec` does not take"
                + " `later`",
            "BB106 6:1+12  `what is this` is not a setting",
            "BB106 7:1+8  `=nothing` is not a setting",
            "BB201 8:1+12 /DHCPServer/IPMasquerade unknown key `IPMasquerade` in [DHCPServer]",
            "BB106 9:1+8  `[Network` is not the head of a section",
            "BB106 10:1+19  `[DHCPServer] # here` is not the head of a section");
    assertThat(report.sorted().get(1).help()).contains("`DHCPServer`");
    assertThat(report.sorted().get(2).help()).contains("`DefaultLeaseTimeSec`");
    assertThat(report.sorted().get(6).help()).contains("[Network]");
  }

  /** Columns are those of people, not of code units. */
  @Test
  void columnsCountWhatIsSeen() {
    assertThat(
            bad(TemplateKind.BRIDGE_LINK, "[Network]\nDescription=\uD83D\uDE00 \u00FC @gatway@\n"))
        .containsExactly(
            "BB304 2:17+8 /Network/Description variable `@gatway@` does not exist here");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BRIDGE_LINK|Network|IPMasquerade=both|addresses are translated by the firewall",
        "BRIDGE_LINK|Network|IPv4Forwarding=yes|the firewall says what may pass",
        "BRIDGE_LINK|Network|IPForward=yes|the firewall says what may pass",
        "BRIDGE_LINK|Network|Address=10.0.0.1/8|so that no two networks share one",
        "BRIDGE_LINK|Network|LLMNR=yes|the host tells nothing of itself",
        "BRIDGE_LINK|Network|IPv6AcceptRA=yes|the host tells nothing of itself",
        "BRIDGE_LINK|DHCPServer|PoolSize=9|each guest has the one address",
        "BRIDGE_LINK|DHCPServer|SendOption=121:string:x|could be a route",
        "BRIDGE_LINK|IPv6SendRA|RouterLifetimeSec=1h|ways lead where the mode",
        "BRIDGE_DEVICE|NetDev|Name=eth0|names are chosen when planning",
        "BRIDGE_DEVICE|NetDev|Kind=dummy|tenants are kept apart on this kind",
        "BRIDGE_DEVICE|Bridge|STP=yes|what guests send must not change",
        "BRIDGE_DEVICE|Bridge|VLANFiltering=yes|carries the frames the firewall knows",
        "BRIDGE_DEVICE|Bridge|HelloTimeSec=9|is not open to templates"
      })
  void whatIsolationRestsOnIsNotOpen(TemplateKind kind, String section, String line, String why) {
    assertThat(bad(kind, "[" + section + "]\n" + line))
        .singleElement()
        .asString()
        .startsWith("BB214 2:1+" + line.indexOf('=') + " /" + section + "/")
        .contains(why);
    assertThat(report.sorted().getFirst().expected()).contains("Description");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BRIDGE_LINK|Match|Name=*|must catch no other",
        "BRIDGE_LINK|Match|Name=@bridge@|must catch no other",
        "BRIDGE_LINK|Route|Gateway=10.0.0.1|ways lead where",
        "BRIDGE_LINK|Bridge|Isolated=no|which ports reach each other",
        "BRIDGE_LINK|Address|Address=10.0.0.1/8|so that no two networks share one",
        "BRIDGE_LINK|TokenBucketFilter|Rate=1M|a queue stays",
        "BRIDGE_LINK|CAN|BitRate=1|is not open to templates",
        "BRIDGE_DEVICE|Match|Host=a|a device is made for each network",
        "BRIDGE_DEVICE|VXLAN|VNI=1|is not open to templates",
        "TUNNEL_DEVICE|WireGuardPeer|AllowedIPs=0.0.0.0/0|peers are the tenant's",
        "TUNNEL_LINK|RoutingPolicyRule|Table=1|ways lead where",
        "SPAN_LINK|BridgeFDB|MACAddress=0|carries the frames"
      })
  void noSectionOfAnotherKind(TemplateKind kind, String section, String line, String why) {
    assertThat(bad(kind, "[" + section + "]\n" + line))
        .singleElement()
        .asString()
        .startsWith("BB214 1:1+")
        .contains("section [")
        .contains(why);
  }

  @Test
  void everythingOnce() {
    assertThat(
            bad(
                TemplateKind.BRIDGE_LINK,
                """
                [DHCPServer]
                Domain=a.example
                Domain=b.example
                [IPv6SendRA]
                [DHCPServer]
                RapidCommit=no
                """))
        .containsExactly(
            "BB102 3:1+6 /DHCPServer/Domain duplicate key `Domain`",
            "BB102 5:1+12 /DHCPServer section [DHCPServer] twice");
    assertThat(report.sorted().getFirst().notes().getFirst().location().span().line()).isEqualTo(2);
  }

  @Test
  void noLineGoesOn() {
    assertThat(
            bad(
                TemplateKind.BRIDGE_LINK,
                """
                [Network]
                Description=harmless \\
                [DHCPServer]\\
                # hidden
                PoolSize=1
                [DHCPServer]
                Domain=a.example
                """))
        .containsExactly("BB106 2:22+1  the line goes on in the next one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0", "\r", "\u000b", "\f", "\u001b", "\u007f"})
  void noLineHasMoreThanIsSeen(String character) {
    assertThat(
            bad(
                TemplateKind.BRIDGE_LINK,
                "# x" + character + "[Network]\n[Network]\nDescription=a" + character + "b=c"))
        .hasSize(2)
        .allSatisfy(finding -> assertThat(finding).startsWith("BB106").contains("control"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u2028", "\u0085", "\u200b", "\u202e", "\u00a0", "%", "\"", "\\x", "$"})
  void textIsPlain(String character) {
    assertThat(bad(TemplateKind.BRIDGE_LINK, "[Network]\nDescription=a" + character + "b"))
        .singleElement()
        .asString()
        .startsWith(character.equals("\u0085") ? "BB211" : "BB211 2:13");
  }

  @Test
  void specifiersOfSystemdAreNotVariables() {
    assertThat(badLease("Domain=%H.example")).hasSize(1);
    assertThat(report.sorted().getFirst().help()).contains("`@name@`");
  }

  @Test
  void variablesStandWhereTheyFit() {
    good(TemplateKind.BRIDGE_LINK, "[IPv6SendRA]\nDomains=@domain@ @network@.@tenant@.example");
    good(TemplateKind.BRIDGE_DEVICE, "[NetDev]\nDescription=ops@@example.org, @bridge@ @gateway6@");
    assertThat(
            bad(
                TemplateKind.BRIDGE_LINK,
                """
                [DHCPServer]
                Domain=@gateway@
                NTP=@gateway@
                EmitNTP=@mode@
                DefaultLeaseTimeSec=@@
                RapidCommit=a@b
                Timezone=@Nope@
                @tenant@=yes
                """))
        .containsExactly(
            "BB202 2:8+9 /DHCPServer/Domain `@gateway@` is an IPv4 address, which cannot stand in"
                + " `Domain`",
            "BB202 3:5+9 /DHCPServer/NTP `@gateway@` is an IPv4 address, which cannot stand in"
                + " `NTP`",
            "BB202 4:9+6 /DHCPServer/EmitNTP `@mode@` is a name, which cannot stand in `EmitNTP`",
            "BB208 5:21+2 /DHCPServer/DefaultLeaseTimeSec `DefaultLeaseTimeSec` does not take `@@`",
            "BB106 6:14+1 /DHCPServer/RapidCommit the sign `@` begins no variable",
            "BB106 7:10+1 /DHCPServer/Timezone the sign `@` begins no variable",
            "BB201 8:1+8 /DHCPServer/@tenant@ unknown key `@tenant@` in [DHCPServer]");
  }

  @Test
  void aVariableIsOfItsKind() {
    assertThat(bad(TemplateKind.TUNNEL_LINK, "[Network]\nDescription=@bridge@"))
        .containsExactly(
            "BB304 2:13+8 /Network/Description variable `@bridge@` does not exist here");
    assertThat(report.sorted().getFirst().expected()).contains("@tunnel@");
  }

  /** The longest name a tenant may have makes this label too long. */
  @Test
  void whatIsFineForOneTenantIsFineForAll() {
    assertThat(badLease("Domain=@tenant@-" + "x".repeat(31) + ".example"))
        .containsExactly(
            "BB207 2:8+48 /DHCPServer/Domain `Domain` does not take `@tenant@-"
                + "x".repeat(31)
                + ".example`");
  }

  @Test
  void anEmptyValueTakesNothingBack() {
    assertThat(badLease("Domain="))
        .containsExactly("BB204 2:7+1 /DHCPServer/Domain `Domain` has no value");
  }

  @ParameterizedTest
  @CsvSource({
    "EmitNTP=yes, EmitNTP",
    "NTP=192.0.2.1, NTP",
    "EmitTimezone=true, EmitTimezone",
    "Timezone=UTC, Timezone",
    "DefaultLeaseTimeSec=13h, DefaultLeaseTimeSec",
    "MaxLeaseTimeSec=59min, MaxLeaseTimeSec"
  })
  void settingsAgree(String line, String key) {
    assertThat(badLease(line)).singleElement().asString().contains(" /DHCPServer/" + key + " ");
  }

  @Test
  void settingsThatAgree() {
    good(
        TemplateKind.BRIDGE_LINK,
        """
        [DHCPServer]
        EmitNTP=yes
        NTP=192.0.2.1 192.0.2.2
        EmitTimezone=yes
        Timezone=Europe/Vienna
        DefaultLeaseTimeSec=1d
        MaxLeaseTimeSec=1d
        """);
  }

  @Test
  void whatIsNoTextIsSaidOnce() {
    assertThat(read(TemplateKind.BRIDGE_LINK, new byte[] {'[', (byte) 0xff, ']'})).isEmpty();
    assertThat(report.sorted()).singleElement().asString().contains("BB104");
  }

  @Test
  void aHostileFileDoesNotFillTheReport() {
    assertThat(bad(TemplateKind.BRIDGE_LINK, "[Network]\n" + "x\n".repeat(30_000))).hasSize(200);
  }
}
