package io.bitbuilder.hypervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Reading and comparing subnets. */
final class SubnetTest {
  private static Subnet subnet(String text) {
    return Subnet.parse(text).orElseThrow();
  }

  @Test
  void printingIsTheReverseOfReading() {
    for (String text :
        List.of(
            "0.0.0.0/0", "10.128.0.0/9", "10.1.2.0/24", "255.255.255.255/32", "192.168.7.8/29")) {
      assertThat(subnet(text).toString()).isEqualTo(text);
    }
    assertThat(subnet("10.1.2.0/24").gateway()).isEqualTo("10.1.2.1");
    assertThat(subnet("10.1.2.0/24").size()).isEqualTo(256);
  }

  @Test
  void otherTextsAreRefused() {
    for (String text :
        List.of(
            "",
            "/",
            "10.1.2.0",
            "10.1.2.0/",
            "10.1.2.0/33",
            "10.1.2/24",
            "10.1.2.0.0/24",
            "10.1.2.256/32",
            "10.1.02.0/24",
            "10.1.2.0/024",
            "10.1.2.1/24",
            "10.1.2.-1/32",
            "a.b.c.d/24",
            "10.1..0/24",
            "10.1.2.0/2 ",
            "1000.1.2.0/24",
            "10.1.2.0/٢")) {
      assertThat(Subnet.parse(text)).as(text).isEmpty();
    }
    assertThat(Subnet.parseAddress("10.1.2")).isEqualTo(-1);
    assertThat(Subnet.parseAddress("0.0.0.255")).isEqualTo(255);
  }

  @Test
  void containingAndOverlapping() {
    Subnet pool = subnet("10.128.0.0/9");
    assertThat(pool.contains(subnet("10.128.0.0/9"))).isTrue();
    assertThat(pool.contains(subnet("10.255.255.0/24"))).isTrue();
    assertThat(pool.contains(subnet("10.0.0.0/8"))).isFalse();
    assertThat(pool.contains(subnet("11.0.0.0/24"))).isFalse();
    assertThat(pool.contains(subnet("10.127.255.0/24"))).isFalse();
    assertThat(subnet("10.0.0.0/8").overlaps(pool)).isTrue();
    assertThat(pool.overlaps(subnet("10.0.0.0/8"))).isTrue();
    assertThat(subnet("10.1.2.0/25").overlaps(subnet("10.1.2.128/25"))).isFalse();
  }
}
