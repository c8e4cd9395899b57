package io.bitbuilder.hypervisor.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimilarTest {
  private static final List<String> KEYS =
      List.of("cpu", "memory", "memoryHigh", "readOnly", "networks");

  @ParameterizedTest
  @CsvSource({
    "memroy, memory",
    "Memory, memory",
    "memory_high, memoryHigh",
    "read-only, readOnly",
    "network, networks",
    "cpus, cpu",
    "pcu, cpu",
  })
  void findsTheNameSomebodyMeant(String written, String meant) {
    assertThat(Similar.to(written, KEYS)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"disk", "c", "xyz", "privileged"})
  void doesNotGuess(String written) {
    assertThat(Similar.to(written, KEYS)).isEmpty();
  }

  @Test
  void doesNotCompareVeryLongNames() {
    String name = "n".repeat(65);
    assertThat(Similar.to(name, List.of(name))).isEmpty();
    assertThat(Similar.to(name.substring(1), List.of(name))).contains(name);
  }
}
