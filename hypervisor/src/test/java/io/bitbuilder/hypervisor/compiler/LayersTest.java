package io.bitbuilder.hypervisor.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.model.SourceTree.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayersTest {
  private static final Entry MOTD = entry("containers/web/rootfs-overlay/etc/motd", Kind.FILE, "1");
  private static final Entry RUN =
      entry("containers/web/rootfs-overlay/run.sh", Kind.EXECUTABLE, "2");

  private static Entry entry(String path, Kind kind, String id) {
    return new Entry(path.substring(path.lastIndexOf('/') + 1), path, kind, id, 1);
  }

  @Test
  void equalFilesAreOneLayerWhereverTheyLie() {
    String digest = Layers.digest(List.of(MOTD, RUN));
    assertThat(digest).matches("[0-9a-f]{64}");
    assertThat(Layers.digest(List.of(RUN, MOTD))).isEqualTo(digest);
    assertThat(
            Layers.digest(
                List.of(
                    entry("rootfs-overlay/etc/motd", Kind.FILE, "1"),
                    entry("rootfs-overlay/run.sh", Kind.EXECUTABLE, "2"))))
        .isEqualTo(digest);
  }

  @Test
  void everyPartOfAFileMakesAnotherLayer() {
    String digest = Layers.digest(List.of(MOTD, RUN));
    for (Entry other :
        List.of(
            entry(MOTD.path() + "2", Kind.FILE, "1"),
            entry(MOTD.path(), Kind.EXECUTABLE, "1"),
            entry(MOTD.path(), Kind.FILE, "3"))) {
      assertThat(Layers.digest(List.of(other, RUN))).isNotEqualTo(digest);
    }
    assertThat(Layers.digest(List.of(MOTD))).isNotEqualTo(digest);
  }
}
