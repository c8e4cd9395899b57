package io.bitbuilder.hypervisor.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileTreeTest {
  private static FileTree tree(String path) {
    TreeMap<String, FileTree.Node> nodes = new TreeMap<>();
    nodes.put(path, new FileTree.Text("x"));
    return new FileTree(nodes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/a", "a/", "a//b", ".", "a/./b", "..", "a/../b", "\0", "a/\0b"})
  void noPathLeavesTheTree(String path) {
    assertThatIllegalArgumentException().isThrownBy(() -> tree(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a/b", ".a", "a/..b", "a/b.d/c"})
  void aPathBelowTheTopIsOne(String path) {
    assertThat(tree(path).nodes()).containsOnlyKeys(path);
  }

  @Test
  void nobodyWritesOverAnothersFile() {
    Output out = new Output();
    out.text("a", "mine");
    assertThatIllegalStateException().isThrownBy(() -> out.link("a", "/elsewhere"));
    assertThatIllegalStateException().isThrownBy(() -> out.all(tree("a")));
  }
}
