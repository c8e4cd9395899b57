package io.bitbuilder.hypervisor.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OutsideTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.1.1.1",
        "128.0.0.1",
        "169.253.1.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.167.0.1",
        "198.17.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "2a00:1450::1",
        "2001:4860:4860::8888",
        "2606:4700::1111",
        "64:ff9b::101:101",
        "2002:101:101::1",
        "::ffff:1.1.1.1"
      })
  void whatIsReachableFromAnywhereIsOutside(String address) throws Exception {
    assertThat(Outside.is(InetAddress.getByName(address))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "fd00:b17b::1",
        "fd00:ec2::254",
        "ff02::1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:101:101:0:0:f5ff:fffe",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::1",
        "2002:c0a8:101::1",
        "3fff::1",
        "4000::1"
      })
  void whatIsNotIsInside(String address) throws Exception {
    assertThat(Outside.is(InetAddress.getByName(address))).isFalse();
  }

  private static int status(HttpURLConnection http) throws IOException {
    try {
      return http.getResponseCode();
    } finally {
      http.disconnect();
    }
  }

  @Test
  void aNameForAnAddressInsideIsRefusedBeforeAnythingIsSent() throws Exception {
    try (HttpBackend server = new HttpBackend(root, null)) {
      assertThatThrownBy(() -> new Web(root).outside(URI.create(server.url("x")).toURL(), SECOND))
          .isInstanceOf(Outside.Inside.class)
          .hasMessageContaining("localhost stands for 127.0.0.1");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void theSameWithTlsOnTheAddressThatIsConnectedTo() throws Exception {
    Certificates certificates = Certificates.create(root);
    certificates.trustIn(root);
    try (HttpBackend server = new HttpBackend(root, certificates.server())) {
      server.serve("x", "yes".getBytes(StandardCharsets.US_ASCII));
      Web web = new Web(root);
      URI address = URI.create(server.url("x"));
      // A connection that is kept from a use for which it was allowed is not one for this use.
      HttpURLConnection kept = web.open(address.toURL(), SECOND);
      assertThat(kept.getInputStream().readAllBytes()).hasSize(3);
      assertThatThrownBy(() -> web.outside(address.toURL(), SECOND).getResponseCode())
          .isInstanceOf(Outside.Inside.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  /** Where the address is allowed the certificate is asked for the name all the same. */
  @Test
  void whatIsAllowedIsReached() throws Exception {
    Certificates certificates = Certificates.create(root);
    certificates.trustIn(root);
    Web web = new Web(root, _ -> InetAddress.getLoopbackAddress(), _ -> true);
    try (HttpBackend server = new HttpBackend(root, certificates.server());
        HttpBackend plain = new HttpBackend(root, null)) {
      server.serve("x", new byte[1]);
      plain.serve("x", new byte[1]);
      assertThat(status(web.outside(URI.create(server.url("x")).toURL(), SECOND))).isEqualTo(200);
      // The name is known nowhere: the one connected to is the one that was looked up.
      String elsewhere = plain.url("x").replace("localhost", "images.invalid");
      assertThat(status(web.outside(URI.create(elsewhere).toURL(), SECOND))).isEqualTo(200);
      String byNumber = server.literal("x");
      assertThatThrownBy(() -> status(web.outside(URI.create(byNumber).toURL(), SECOND)))
          .isInstanceOf(SSLException.class);
    }
  }

  @Test
  void aNumberIsMeant() throws Exception {
    try (HttpBackend server = new HttpBackend(root, null)) {
      server.serve("x", new byte[1]);
      assertThat(status(new Web(root).outside(URI.create(server.literal("x")).toURL(), SECOND)))
          .isEqualTo(200);
    }
    assertThat(Outside.isNumber("[::1]")).isTrue();
    assertThat(Outside.isNumber("0x7f.1")).isFalse();
    assertThat(Outside.isNumber("localhost")).isFalse();
  }

  /** Who answers otherwise the second time is not asked a second time. */
  @Test
  void aNameIsLookedUpOnce() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    AtomicReference<String> host = new AtomicReference<>("");
    Web.Resolver rebinding =
        name -> {
          host.set(name);
          return asked.getAndIncrement() == 0
              ? InetAddress.ofLiteral("192.0.9.1")
              : InetAddress.getLoopbackAddress();
        };
    HttpURLConnection http =
        new Web(root, rebinding, Outside::is)
            .outside(URI.create("http://rebind.example:81/x?y").toURL(), SECOND);
    assertThat(http.getURL()).hasToString("http://192.0.9.1:81/x?y");
    assertThat(http.getRequestProperty("Host")).isEqualTo("rebind.example:81");
    assertThat(asked).hasValue(1);
    assertThat(host).hasValue("rebind.example");
  }

  @Test
  void aNameNobodyKnowsIsSaidSo() {
    Web web =
        new Web(
            root,
            name -> {
              throw new UnknownHostException(name);
            },
            Outside::is);
    assertThatThrownBy(() -> web.outside(URI.create("http://no.example/x").toURL(), SECOND))
        .isInstanceOf(UnknownHostException.class)
        .isNotInstanceOf(Outside.Inside.class);
  }
}
