package io.bitbuilder.hypervisor.voa;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadPathsTest {
  private static final Path ROOT = Path.of("/");

  @Test
  void systemHasFour() {
    assertThat(LoadPaths.system(ROOT).paths())
        .containsExactly(
            new LoadPath(Path.of("/etc/voa"), 0, true, false),
            new LoadPath(Path.of("/run/voa"), 1, true, true),
            new LoadPath(Path.of("/usr/local/share/voa"), 2, false, false),
            new LoadPath(Path.of("/usr/share/voa"), 3, false, false));
  }

  @Test
  void userHasTheDefaultsOfXdg() {
    assertThat(LoadPaths.user(ROOT, Map.of("HOME", "/home/ann")).paths())
        .containsExactly(
            new LoadPath(Path.of("/home/ann/.config/voa"), 0, true, false),
            new LoadPath(Path.of("/etc/xdg/voa"), 1, false, false),
            new LoadPath(Path.of("/home/ann/.local/share/voa"), 2, false, false),
            new LoadPath(Path.of("/usr/local/share/voa"), 3, false, false),
            new LoadPath(Path.of("/usr/share/voa"), 4, false, false));
  }

  @Test
  void userHasWhatVariablesSayOnce() {
    assertThat(
            LoadPaths.user(
                    ROOT,
                    Map.of(
                        "XDG_CONFIG_HOME", "/c",
                        "XDG_CONFIG_DIRS", "/a:/c:relative:/b/../b",
                        "XDG_RUNTIME_DIR", "/run/user/1000",
                        "XDG_DATA_HOME", "not/absolute",
                        "XDG_DATA_DIRS", ""))
                .paths())
        .containsExactly(
            new LoadPath(Path.of("/c/voa"), 0, true, false),
            new LoadPath(Path.of("/a/voa"), 1, false, false),
            new LoadPath(Path.of("/b/voa"), 2, false, false),
            new LoadPath(Path.of("/run/user/1000/voa"), 3, true, true),
            new LoadPath(Path.of("/usr/local/share/voa"), 4, false, false),
            new LoadPath(Path.of("/usr/share/voa"), 5, false, false));
  }

  @Test
  void verifiersArePutWhereTheyStayOrNot() {
    LoadPaths paths = LoadPaths.system(Path.of("/srv/root"));
    assertThat(paths.writable(false).orElseThrow()).hasToString("/etc/voa");
    assertThat(paths.writable(true).orElseThrow()).hasToString("/run/voa");
    assertThat(paths.real(Path.of("/etc/voa"))).isEqualTo(Path.of("/srv/root/etc/voa"));
    assertThat(LoadPaths.user(ROOT, Map.of()).writable(true)).isEmpty();
  }
}
