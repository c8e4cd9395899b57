package io.bitbuilder.hypervisor.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LinkTest {
  private static final Link LINK = Link.of("10.200.1.65/26,fd00:1:2:3::1/64");

  @ParameterizedTest
  @ValueSource(
      strings = {"10.200.1.64", "10.200.1.66", "10.200.1.127", "fd00:1:2:3::2", "fd00:1:2:3:f::"})
  void members(String address) {
    assertThat(LINK.hasMember(InetAddress.ofLiteral(address))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.200.1.63", "10.200.1.128", "10.200.1.65", "10.200.2.66", "127.0.0.1",
        "fd00:1:2:3::1", "fd00:1:2:4::2", "fe80::1", "::1", "::ffff:127.0.0.1"
      })
  void others(String address) {
    assertThat(LINK.hasMember(InetAddress.ofLiteral(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.0.1", "10.0.0.1/33", "10.0.0.1/-1", "x/24", "fd00::1/129"})
  void whatIsNone(String text) {
    assertThatThrownBy(() -> Link.of(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void otherServersAreNeverTheHostItself() throws SocketException {
    assertThat(Upstream.isAllowed(InetAddress.ofLiteral("9.9.9.9"))).isTrue();
    for (String address :
        new String[] {
          "127.0.0.53",
          "127.0.0.1",
          "::1",
          "0.0.0.0",
          "169.254.169.254",
          "224.0.0.251",
          "fe80::1",
          "::ffff:127.0.0.1"
        }) {
      assertThat(Upstream.isAllowed(InetAddress.ofLiteral(address))).as(address).isFalse();
    }
    int own = 0;
    for (NetworkInterface link : NetworkInterface.networkInterfaces().toList()) {
      for (InetAddress address : link.inetAddresses().toList()) {
        assertThat(Upstream.isAllowed(address)).as(address.toString()).isFalse();
        own++;
      }
    }
    assertThat(own).isPositive();
  }
}
