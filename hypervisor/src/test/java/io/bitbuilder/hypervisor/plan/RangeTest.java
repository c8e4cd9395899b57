package io.bitbuilder.hypervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RangeTest {
  private static Range range(String text) {
    return Range.parse(text).or(() -> Range.address(text)).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.1.2.0/24, true",
    "10.1.2.0/24, 10.0.0.0/8, true",
    "10.1.2.0/24, 10.1.2.0/24, true",
    "10.1.2.0/24, 10.1.3.0/24, false",
    "0.0.0.0/0, 203.0.113.7, true",
    "203.0.113.7, 203.0.113.7/32, true",
    "203.0.113.7, 203.0.113.6/32, false",
    "128.0.0.0/1, 127.255.255.255, false",
    "fd00::/8, fd00:b17b::/32, true",
    "fd00:b17b:8000::/33, fd00:b17b:7fff:ffff::/64, false",
    "2001:db8::1, 2001:db8::/127, true",
    "2001:db8::2, 2001:db8::/127, false",
    // Never of the other family, however alike the bits are.
    "0.0.0.0/0, ::1, false",
    "::/0, 10.0.0.0/8, false"
  })
  void twoOverlapWhenAnAddressIsInBoth(String one, String other, boolean expected) {
    assertThat(range(one).overlaps(range(other))).isEqualTo(expected);
    assertThat(range(other).overlaps(range(one))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0", "fd00::1/64",
        "fd00::/129", "fd00::%1/64", "x/8", "/8", "::ffff:10.0.0.0/104", "300.0.0.0/8"
      })
  void whatIsNoRangeIsNone(String text) {
    assertThat(Range.parse(text)).isEmpty();
  }

  @Test
  void numbersOfTunnelsAreStableAndTheirOwn() {
    TunnelNumbers numbers = new TunnelNumbers();
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      int number = numbers.allocate(new TenantId("t" + i % 200), new ResourceName("n" + i));
      assertThat(number).isBetween(0, 999_999_999);
      assertThat(seen.add(number)).isTrue();
    }
    TenantId acme = new TenantId("acme");
    ResourceName office = new ResourceName("office");
    int first = new TunnelNumbers().allocate(acme, office);
    assertThat(new TunnelNumbers().allocate(acme, office)).isEqualTo(first);
    TunnelNumbers taken = new TunnelNumbers();
    taken.hold(first, "globex");
    assertThat(taken.allocate(acme, office)).isNotEqualTo(first);
  }
}
