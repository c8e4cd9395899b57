package io.bitbuilder.hypervisor.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ChecksumsTest {
  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);

  private static Checksums.Found find(String list) {
    return Checksums.find(list.getBytes(StandardCharsets.UTF_8), "x.raw");
  }

  @Test
  void aFileIsFoundByItsName() {
    Checksums.Found a = new Checksums.Found.Digest(A);
    assertThat(find(A + "  x.raw\n" + B + "  y.raw\n")).isEqualTo(a);
    assertThat(find(B + " *y.raw\n" + A + " *x.raw")).isEqualTo(a);
    assertThat(find(A + "  x.raw\n" + A + " *x.raw\n")).isEqualTo(a);
  }

  @Test
  void anotherNameIsAnotherFile() {
    for (String line :
        new String[] {
          "",
          A,
          A + "  ",
          A + "  y.raw",
          A + "  ./x.raw",
          A + "  dir/x.raw",
          A + "  ../x.raw",
          A + "  x.raw.zst",
          A + "  x.raw ",
          A + "  x.raw\r",
          A + "\tx.raw",
          A + " x.raw",
          "\\" + A + "  x.raw",
          A.substring(1) + "  x.raw",
          "A".repeat(64) + "  x.raw",
          "SHA256 (x.raw) = " + A,
          A + "  x.raw\0",
        }) {
      assertThat(find(line + "\n")).as(line).isInstanceOf(Checksums.Found.Nothing.class);
    }
  }

  @Test
  void twoDigestsAreNone() {
    assertThat(find(A + "  x.raw\n" + B + "  x.raw\n"))
        .isEqualTo(
            new Checksums.Found.Nothing("the list of digests names the file with several digests"));
  }
}
