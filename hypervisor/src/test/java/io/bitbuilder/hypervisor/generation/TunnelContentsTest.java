package io.bitbuilder.hypervisor.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.model.TenantId;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TunnelContentsTest {
  private static final String KEY = "mBHV3Nt64DyqJpYBBpTzH9s3Im4H3oTlRGSjDbYlWEE=";
  private static final String CONF =
      """
      [Tunnel]
      Name=office
      PrivateKey=generate
      ListenPort=51820

      [Peer]
      Name=site-two
      PublicKey=%s
      PresharedKey=tenant.acme.office
      AllowedIPs=10.9.0.0/24,fd09::/64
      Endpoint=two.example.org:51820
      PersistentKeepalive=25
      """
          .formatted(KEY);
  private static final String NETWORK =
      """
      [Match]
      Name=bw-7
      Kind=wireguard

      [Link]
      RequiredForOnline=no
      MTUBytes=1380

      [Network]
      LinkLocalAddressing=no
      IPv6AcceptRA=no
      IPv4Forwarding=yes
      IPv6Forwarding=yes
      IPv4ReversePathFilter=no

      [Route]
      Destination=10.9.0.0/24
      PreferredSource=10.128.0.1
      Table=1000000007

      [RoutingPolicyRule]
      IncomingInterface=bb-abc
      Table=1000000007
      Priority=20000
      Family=both
      """;

  private final TunnelContents contents =
      new TunnelContents(new Reach(new TenantId("acme"), Set.of(0x7000_0000L)));

  @Test
  void whatIsWrittenForATunnelIsAllowed() {
    assertThat(contents.conf("bw-7.conf", CONF)).isTrue();
    assertThat(TunnelContents.network("bw-7", NETWORK)).isTrue();
    assertThat(
            contents.service(
                """
                [Unit]
                Wants=tenant-endpoints@acme.timer

                [Service]
                ImportCredential=tenant.acme.office
                """))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "PrivateKey=generate,PrivateKey=tenant.other.vpn",
    "PrivateKey=generate,PrivateKey=/etc/shadow",
    "PrivateKey=generate,PrivateKey=../x",
    "Name=office,Name=../../etc/x",
    "Name=office,Name=Office",
    "ListenPort=51820,ListenPort=5182000",
    "ListenPort=51820,FwMark=0",
    "ListenPort=51820,PostUp=id",
    "PresharedKey=tenant.acme.office,PresharedKey=bitbuilder.git",
    "Endpoint=two.example.org:51820,Endpoint=-x:51820",
    "Endpoint=two.example.org:51820,Endpoint=$(id):51820",
    "Endpoint=two.example.org:51820,Endpoint=two.example.org",
    "PersistentKeepalive=25,PersistentKeepalive=off",
    "[Peer],[Interface]",
    // Twice, or not there: wg(8) and the helper would each understand something else.
    "Name=site-two,PublicKey=mBHV3Nt64DyqJpYBBpTzH9s3Im4H3oTlRGSjDbYlWEE=",
    "PersistentKeepalive=25,AllowedIPs=10.9.1.0/24"
  })
  void otherWordsInATunnelAreNot(String line, String instead) {
    assertThat(CONF).contains(line);
    assertThat(contents.conf("bw-7.conf", CONF.replace(line, instead))).isFalse();
  }

  @Test
  void aPeerHasRangesAndOneKey() {
    assertThat(contents.conf("bw-7.conf", CONF.replace(KEY, KEY.substring(1)))).isFalse();
    assertThat(contents.conf("bw-7.conf", CONF.replace("10.9.0.0/24,", "10.9.0.0/24;id,")))
        .isFalse();
    assertThat(contents.conf("bw-7.conf", CONF.replace("10.9.0.0/24,fd09::/64", "10.9.0.0")))
        .isFalse();
    assertThat(contents.conf("bw-7.conf", CONF.replace("PrivateKey=generate\n", ""))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bb-7.conf",
        "bw-07.conf",
        "bw-.conf",
        "bw-1234567890.conf",
        "bw-7.network",
        "wg0.conf",
        "bw-x.conf"
      })
  void itIsNamedAfterItsInterface(String name) {
    assertThat(contents.conf(name, CONF)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "Name=bw-7,Name=bw-8",
    "Name=bw-7,Name=*",
    "Kind=wireguard,Type=ether",
    "Table=1000000007,Table=1000000008",
    "Table=1000000007,Table=main",
    "Table=1000000007,Scope=link",
    "IncomingInterface=bb-abc,IncomingInterface=eth0",
    "IncomingInterface=bb-abc,From=0.0.0.0/0",
    "IncomingInterface=bb-abc,OutgoingInterface=eth0",
    "Priority=20000,Priority=1",
    "Family=both,Type=blackhole",
    "Destination=10.9.0.0/24,Gateway=192.0.2.1",
    "LinkLocalAddressing=no,Address=192.0.2.1/24",
    "LinkLocalAddressing=no,IPMasquerade=both",
    "IPv6AcceptRA=no,IPv6AcceptRA=yes"
  })
  void noWayIsChangedButThatOfTheTenantsNetworks(String line, String instead) {
    assertThat(NETWORK).contains(line);
    assertThat(TunnelContents.network("bw-7", NETWORK.replace(line, instead))).isFalse();
  }

  /** A route without a table is in everybody's, a rule without an interface is for everybody. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Table=1000000007\n",
        "IncomingInterface=bb-abc\n",
        "Name=bw-7\n",
        "Kind=wireguard\n",
        "Priority=20000\n"
      })
  void nothingMayBeLeftOut(String line) {
    int at = NETWORK.indexOf(line);
    String without = NETWORK.substring(0, at) + NETWORK.substring(at + line.length());
    assertThat(TunnelContents.network("bw-7", without)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[Service]\nImportCredential=tenant.other.office\n",
        "[Service]\nImportCredential=*\n",
        "[Service]\nLoadCredential=tenant.acme.office:/etc/shadow\n",
        "[Service]\nUser=root\n",
        "[Service]\nExecStartPre=/bin/sh\n",
        "[Service]\nEnvironment=A=b\n",
        "[Unit]\nWants=tenant-endpoints@other.timer\n",
        "[Unit]\nAfter=x.service\n"
      })
  void theServiceIsToldOfTheTenantsCredentialsAndNothingElse(String text) {
    assertThat(contents.service(text)).isFalse();
  }
}
