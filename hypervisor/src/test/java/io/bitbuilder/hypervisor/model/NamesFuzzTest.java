package io.bitbuilder.hypervisor.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/**
 * A name that is taken is a file name, a word of a shell and half of a unit name, all by itself.
 */
final class NamesFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void names(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (TenantId.isValid(text)) {
      assertThat(new TenantId(text).value()).matches("[a-z][a-z0-9-]{0,31}").doesNotEndWith("-");
    }
    if (ResourceName.isValid(text)) {
      assertThat(text).matches("[a-z][a-z0-9-]*").doesNotEndWith("-");
    }
    if (CommitId.isValid(text)) {
      assertThat(text).matches("[0-9a-f]{40}([0-9a-f]{24})?");
    }
    ByteSize.parse(text).ifPresent(size -> assertThat(size.bytes()).isNotNegative());
  }
}
