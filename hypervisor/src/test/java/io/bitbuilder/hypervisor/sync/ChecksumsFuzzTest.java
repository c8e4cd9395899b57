package io.bitbuilder.hypervisor.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever is in place of a list of digests, or of what fetch hands to compile. */
final class ChecksumsFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void list(byte[] bytes) {
    if (Checksums.find(bytes, "x.raw") instanceof Checksums.Found.Digest(String digest)) {
      assertThat(digest).matches("[0-9a-f]{64}");
      assertThat(new String(bytes, StandardCharsets.UTF_8)).contains(digest, "x.raw");
    }
  }

  @FuzzTest(maxDuration = "10m")
  void offer(byte[] bytes) {
    Offer.read(new String(bytes, StandardCharsets.ISO_8859_1))
        .ifPresent(offer -> assertThat(Offer.read(offer.text())).contains(offer));
  }
}
