package io.bitbuilder.hypervisor.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HostUnitRulesTest {
  private static String wrong(Map<String, String> inside) {
    return HostUnitRules.wrong(new TreeMap<>(inside), Set.of("there.service")).orElse("");
  }

  @Test
  void unitsOfAnImageMayBeWanted() {
    assertThat(
            wrong(
                Map.of(
                    "app.service", "[Service]\nExecStart=/x\n[Install]\nWantedBy=multi-user.target",
                    "app@.timer", "[Install]\nDefaultInstance=one\n")))
        .isEmpty();
  }

  @Test
  void whatIsNoNameOfALinkIsNone() {
    assertThat(wrong(Map.of("app.service", "[Install]\nWantedBy=../../../etc/x\n")))
        .contains("app.service: `../../../etc/x` in WantedBy=");
    assertThat(wrong(Map.of("app.service", "[Install]\nAlias=tenant@acme.target\n")))
        .contains("tenant@acme.target");
    assertThat(wrong(Map.of("app@.service", "[Install]\nDefaultInstance=a/b\n")))
        .contains("DefaultInstance=");
  }

  @Test
  void namesAreOthers() {
    assertThat(wrong(Map.of("there.service", ""))).contains("two of `there.service`");
    assertThat(wrong(Map.of("bitbuilder-fetch.service", ""))).contains("cannot be the name");
    assertThat(wrong(Map.of("../x.service", ""))).contains("cannot be the name");
    assertThat(wrong(Map.of("app.service", "[Install]\nAlias=there.service\n")))
        .contains("two of `there.service`");
  }

  @Test
  void whatSystemdWouldDropIsNoUnit() {
    assertThat(wrong(Map.of("app.service", "[Service]\nno assignment\n")))
        .contains("app.service: line 2");
  }
}
