package io.bitbuilder.hypervisor.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TenantOrderTest {
  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");
  private static final TenantId C = new TenantId("c");

  @Test
  void anOrderHasNoCircle() {
    assertThat(TenantOrder.circle(Map.of())).isEmpty();
    assertThat(TenantOrder.circle(Map.of(A, List.of(B, C), B, List.of(C)))).isEmpty();
    assertThat(TenantOrder.circle(Map.of(A, List.of(B, C), B, List.of(), C, List.of(B)))).isEmpty();
  }

  @Test
  void whoWaitsForEachOtherIsNamedWithoutWhoOnlyWaitsForThem() {
    assertThat(TenantOrder.circle(Map.of(A, List.of(A)))).contains(List.of(A));
    assertThat(TenantOrder.circle(Map.of(A, List.of(B), B, List.of(C), C, List.of(B))))
        .hasValueSatisfying(circle -> assertThat(circle).containsExactlyInAnyOrder(B, C));
  }

  @Test
  void aLongRowIsNoCircle() {
    Map<TenantId, List<TenantId>> after = new HashMap<>();
    for (int i = 1; i < 10_000; i++) {
      after.put(new TenantId("t" + i), List.of(new TenantId("t" + (i - 1))));
    }
    assertThat(TenantOrder.circle(after)).isEmpty();
  }
}
