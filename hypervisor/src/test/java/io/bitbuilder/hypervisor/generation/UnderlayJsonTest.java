package io.bitbuilder.hypervisor.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.plan.Underlay;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What root is told of other hosts by whoever compiles. */
class UnderlayJsonTest {
  private static final Underlay LINK =
      new Underlay(
          "fd00:b17b::1",
          51900,
          List.of(
              new Underlay.Peer(
                  "hv2",
                  "mBHV3Nt64DyqJpYBBpTzH9s3Im4H3oTlRGSjDbYlWEE=",
                  "192.0.2.2:51900",
                  "fd00:b17b::2")));

  private static Underlay read(String json) {
    return UnderlayJson.read(new Fields(Json.parseObject(json)));
  }

  @Test
  void whatIsWrittenIsRead() {
    assertThat(read(Json.pretty(UnderlayJson.of(LINK)))).isEqualTo(LINK);
  }

  @ParameterizedTest
  @CsvSource({
    "fd00:b17b::1, 192.0.2.1",
    "fd00:b17b::1, fd00::1/64",
    "51900, 65536",
    "51900, 0",
    "hv2, hv2]",
    "hv2, 'hv2 PostUp'",
    "mBHV3Nt64DyqJpYBBpTzH9s3Im4H3oTlRGSjDbYlWEE=, generate",
    "192.0.2.2:51900, example.org:51900",
    "192.0.2.2:51900, $(id):51900",
    "fd00:b17b::2, ::",
    "fd00:b17b::2, 'fd00::2,0.0.0.0/0'"
  })
  void anythingElseIsRefused(String part, String instead) {
    String json = Json.pretty(UnderlayJson.of(LINK));
    assertThat(json).contains(part);
    assertThatThrownBy(() -> read(json.replace(part, instead)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
