package io.bitbuilder.hypervisor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.limits.Limit;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StorageInUseTest {
  private static final Location AT = Location.ofFile("acme", "", "metadata.json");

  private static Limit limit(long set, OptionalLong used) {
    return new Limit(
        Limit.Kind.STORAGE, set, Limit.State.DIFFERENT, OptionalLong.of(8L << 30), used);
  }

  @Test
  void lessThanIsUsedIsSaid() {
    assertThat(StorageInUse.compare(limit(1L << 30, OptionalLong.of(3L << 29)), AT))
        .hasValueSatisfying(finding -> {
          assertThat(finding.code()).isEqualTo(Code.BB410);
          assertThat(finding.message())
              .isEqualTo("the tenant uses 1536M of storage, more than it would have");
          assertThat(finding.location()).isEqualTo(AT);
        });
  }

  @Test
  void enoughIsNotAndNeitherIsWhatNobodyCounts() {
    assertThat(StorageInUse.compare(limit(1L << 30, OptionalLong.of(1L << 30)), AT)).isEmpty();
    assertThat(StorageInUse.compare(limit(1L << 30, OptionalLong.empty()), AT)).isEmpty();
  }
}
