package io.bitbuilder.hypervisor.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.schema.Scalar;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  private static Diagnostic finding(Scalar<?> scalar, String text) {
    List<Diagnostic> findings = Scalars.findings(scalar, text);
    assertThat(findings).as(text).hasSize(1);
    return findings.getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 0",
    "10.0.5.1, 167773441",
    "127.0.0.1, 2130706433",
    "255.255.255.255, 4294967295"
  })
  void anIpv4AddressIsANumber(String text, long number) {
    assertThat(Addresses.parse4(text)).isEqualTo(number);
    assertThat(Scalars.accepts(Addresses.HOST, text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.04",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "1.2.3.0x4",
        "1.2.3.4 ",
        "1.2.3./",
        "1.2.3.:",
        "1000.2.3.4",
        "-1.2.3.4",
        "::1%eth0",
        "::g",
        "fe80",
        "1:2"
      })
  void whatIsNoAddressIsNone(String text) {
    assertThat(Addresses.parse4(text)).isEqualTo(-1);
    assertThat(finding(Addresses.HOST, text).code()).isEqualTo(Code.BB209);
  }

  @ParameterizedTest
  @ValueSource(strings = {"::", "::1", "fd00:b17b::1", "1:2:3:4:5:6:7:8", "::ffff:10.0.0.1"})
  void anIpv6AddressIsOne(String text) {
    assertThat(Scalars.accepts(Addresses.HOST, text)).isTrue();
    assertThat(Scalars.accepts(Addresses.SUBNET6, text + "/64")).isTrue();
    assertThat(Scalars.accepts(Addresses.SUBNET6, text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/64", "fd00::/129", "fd00::/", "fd00::/064", "10.0.0.0/8", "fd00::/-1"})
  void whatIsNoIpv6SubnetIsNone(String text) {
    assertThat(finding(Addresses.SUBNET6, text).code()).isEqualTo(Code.BB209);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/24",
        "10.255.255.0/24",
        "10.1.2.8/29",
        "172.16.0.0/24",
        "172.31.255.0/24",
        "192.168.0.0/28",
        "100.64.0.0/24",
        "100.127.255.0/24"
      })
  void aNetworkOfATenantIsSmall(String text) {
    assertThat(Scalars.accepts(Addresses.SUBNET4, text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/23", "10.0.0.0/30", "203.0.113.0/30", "0.0.0.0/0"})
  void aNetworkOfAnotherSizeIsRefused(String text) {
    assertThat(finding(Addresses.SUBNET4, text).code()).isEqualTo(Code.BB209);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9.255.255.0/24",
        "11.0.0.0/24",
        "172.15.0.0/24",
        "172.32.0.0/24",
        "192.167.0.0/24",
        "192.169.0.0/24",
        "100.63.0.0/24",
        "100.128.0.0/24",
        "8.8.8.0/24",
        "10.0.0.0",
        "10.0.0/24",
        "10.0.0.0/",
        "10.0.0.0/024",
        "/24",
        "10.0.0.0/24/24"
      })
  void onlyPrivateAddressesMakeAPool(String text) {
    assertThat(finding(Addresses.POOL4, text).code()).isEqualTo(Code.BB209);
  }

  @Test
  void aPoolIsLargeAndPrivate() {
    for (String text : List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "10.128.0.0/9")) {
      assertThat(Scalars.accepts(Addresses.POOL4, text)).as(text).isTrue();
    }
    for (String text : List.of("172.16.0.0/11", "192.168.0.0/15", "10.0.0.0/25", "10.0.0.0/7")) {
      assertThat(Scalars.accepts(Addresses.POOL4, text)).as(text).isFalse();
    }
  }

  @Test
  void aRuleMayNameAnyRange() {
    for (String text : List.of("0.0.0.0/0", "8.8.8.8/32", "128.0.0.0/1", "255.255.255.254/31")) {
      assertThat(Scalars.accepts(Addresses.RANGE4, text)).as(text).isTrue();
    }
    assertThat(Scalars.accepts(Addresses.RANGE4, "0.0.0.0/33")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.5.7/24, 10.0.5.0/24",
    "192.168.255.255/29, 192.168.255.248/29",
    "172.16.1.1/24, 172.16.1.0/24"
  })
  void anAddressInsideASubnetIsToldItsSubnet(String text, String subnet) {
    assertThat(finding(Addresses.SUBNET4, text).help()).isEqualTo("write `" + subnet + "`");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.org/acme.git",
        "https://git@example.org:8443/acme.git",
        "https://10.0.0.1/a",
        "https://[fd00::1]:443/a",
        "ssh://git@example.org/srv/acme.git",
        "ssh://example.org:22/~/acme",
        "file:///srv/git/acme.git",
        "http://localhost:8080/acme.git",
        "http://127.0.0.1/acme.git",
        "http://127.255.0.1:80/acme.git",
        "http://[::1]:80/acme.git"
      })
  void aRepositoryIsReachedSafely(String text) {
    assertThat(Scalars.findings(Addresses.REPOSITORY, text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "http://example.org/a, BB505, use https",
        "http://128.0.0.1/a, BB505, use https",
        "http://[::2]/a, BB505, use https",
        "git://example.org/a, BB505, ||",
        "ext::sh -c id, BB505, ||",
        "ext::https://example.org/a, BB505, ||",
        "example.org/a, BB209, ||",
        "git@example.org:acme.git, BB209, write it as a URL: `ssh://git@example.org/acme.git`",
        "git@example.org:/srv/a.git, BB209, write it as a URL: `ssh://git@example.org/srv/a.git`",
        "git@example.org, BB209, ||",
        "@:, BB209, ||",
        "git@ example.org:a, BB209, ||",
        "https://example.org, BB209, ||",
        "https://example.org/, BB209, ||",
        "https:///a, BB209, ||",
        "https://-example.org/a, BB209, ||",
        "https://example.org:/a, BB209, ||",
        "https://example.org:123456/a, BB209, ||",
        "https://example.org:8o/a, BB209, ||",
        "https://[fd00::g]/a, BB209, ||",
        "https://[fd00::1/a, BB209, ||",
        "https://a b@example.org/a, BB209, ||",
        "https://@example.org/a, BB209, ||",
        "https://example.org/a b, BB209, ||",
        "https://example.org/a`id`, BB209, ||",
        "https://example.org/é, BB209, ||",
        "file:///, BB209, ||",
        "file:///a/../b, BB209, ||",
        "file://host/a, BB209, ||",
        "file:a, BB209, ||"
      })
  void otherWaysAreRefused(String text, Code code, String help) {
    Diagnostic finding = finding(Addresses.REPOSITORY, text);
    assertThat(finding.code()).isEqualTo(code);
    assertThat(finding.help()).isEqualTo(help);
  }

  @Test
  void aPasswordIsNeverRepeated() {
    Diagnostic finding = finding(Addresses.REPOSITORY, "https://ann:secret@example.org/a");
    assertThat(finding.code()).isEqualTo(Code.BB505);
    assertThat(finding.toString()).doesNotContain("secret");
    assertThat(Scalars.accepts(Addresses.REPOSITORY, "https://ann@example.org/a")).isTrue();
  }

  @Test
  void anAddressHasALimit() {
    String text = "https://example.org/" + "a".repeat(1004);
    assertThat(text).hasSize(1024);
    assertThat(Scalars.accepts(Addresses.REPOSITORY, text)).isTrue();
    assertThat(Scalars.accepts(Addresses.REPOSITORY, text + "a")).isFalse();
    assertThat(Scalars.accepts(Addresses.DOWNLOAD, text)).isTrue();
    assertThat(Scalars.accepts(Addresses.DOWNLOAD, text + "a")).isFalse();
  }

  @Test
  void anImageIsDownloadedOrLocal() {
    for (String text :
        List.of("https://example.org/a.raw", "http://example.org/a", "file:///srv/a.tar")) {
      assertThat(Scalars.accepts(Addresses.DOWNLOAD, text)).as(text).isTrue();
    }
    for (String text :
        List.of(
            "ftp://example.org/a",
            "https://example.org",
            "https:///a",
            "file:///",
            "file://a/b",
            "https://example.org/a b",
            "a")) {
      assertThat(finding(Addresses.DOWNLOAD, text).code()).as(text).isEqualTo(Code.BB209);
    }
  }

  @Test
  void aDirectoryIsOfThisHost() {
    assertThat(Scalars.accepts(Addresses.DIRECTORY, "file:///srv/git")).isTrue();
    for (String text : List.of("/srv/git", "file://srv", "https://a/b", "file:///a/..")) {
      assertThat(Scalars.accepts(Addresses.DIRECTORY, text)).as(text).isFalse();
    }
  }

  @Test
  void anEndpointHasAPort() {
    for (String text : List.of("example.org:51820", "10.0.0.1:1", "[fd00::1]:51820")) {
      assertThat(Addresses.isEndpoint(text)).as(text).isTrue();
    }
    for (String text : List.of("example.org", "[fd00::1]", "a:", ":1", "[fd00::1]:", "a:b")) {
      assertThat(Addresses.isEndpoint(text)).as(text).isFalse();
    }
  }
}
