package io.bitbuilder.hypervisor.names;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever a guest sends to port 53 is a query, or dropped, or answered with an error. */
final class QueryFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void query(byte[] bytes) {
    assertThat(Query.parse(bytes, bytes.length)).isNotNull();
  }
}
