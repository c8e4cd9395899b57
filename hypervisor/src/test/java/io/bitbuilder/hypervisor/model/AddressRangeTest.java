package io.bitbuilder.hypervisor.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
  private static AddressRange range(String text) {
    return AddressRange.parse(text).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1,192.0.2.1",
    "192.0.2.1/24,192.0.2.0/24",
    "255.255.255.255/32,255.255.255.255",
    "0.0.0.0/0,0.0.0.0/0",
    "2001:DB8:0:0:1:0:0:1,2001:db8::1:0:0:1",
    "2001:db8:0:1::/64,2001:db8:0:1::/64",
    "fe80::ffff:1/10,fe80::/10",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "::/0,::/0",
    "::1,::1"
  })
  void isWrittenInOneWay(String text, String written) {
    assertThat(range(text)).hasToString(written);
    assertThat(range(written)).isEqualTo(range(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "web",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.4/33",
        "1.2.3.4/",
        "1.2.3.4/-1",
        "::/129",
        "fe80::1%eth0",
        "::ffff:1.2.3.4",
        "1:2",
        "4/4"
      })
  void everythingElseIsNone(String text) {
    assertThat(AddressRange.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8,10.1.2.3,true",
    "10.0.0.0/8,10.0.0.0/8,true",
    "10.0.0.0/8,10.0.0.0/7,false",
    "10.0.0.0/8,11.0.0.0,false",
    "0.0.0.0/0,255.255.255.255,true",
    "0.0.0.0/0,::,false",
    "2001:db8::/32,2001:db8:ffff::1,true",
    "2001:db8::/32,2001:db9::,false"
  })
  void containsWhatSharesItsBits(String outer, String inner, boolean expected) {
    assertThat(range(outer).contains(range(inner))).isEqualTo(expected);
  }

  @Test
  void theLowestAddressBesideHoles() {
    AddressRange all = range("192.0.2.0/24");
    assertThat(all.outside(holes())).contains(range("192.0.2.0"));
    assertThat(all.outside(holes("192.0.2.0/25", "192.0.2.0/26", "192.0.2.128/31")))
        .contains(range("192.0.2.130"));
    assertThat(all.outside(holes("192.0.2.128/25", "192.0.2.0/25"))).isEmpty();
    assertThat(all.outside(holes("0.0.0.0/0"))).isEmpty();
    assertThat(range("255.255.255.255").outside(holes("255.255.255.255"))).isEmpty();
    assertThat(all.outside(holes("::/0"))).contains(range("192.0.2.0"));
  }

  private static List<AddressRange> holes(String... texts) {
    return Stream.of(texts).map(AddressRangeTest::range).toList();
  }
}
