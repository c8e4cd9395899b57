package io.bitbuilder.hypervisor.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The exact set of files of each flagship tenant, one golden file per tenant. {@code
 * -Dgolden.update=true} writes them anew; review what that changes.
 */
class GoldenTest {
  private static final Path GOLDEN = Path.of("src/test/golden/compiler");
  private static final boolean UPDATE = Boolean.getBoolean("golden.update");

  @TestFactory
  Stream<DynamicTest> compiledFiles() {
    return Inputs.flagships().entrySet().stream()
        .map(entry -> {
          Path file = GOLDEN.resolve(entry.getKey() + ".txt");
          return DynamicTest.dynamicTest(
              entry.getKey(), file.toUri(), () -> check(file, entry.getValue()));
        });
  }

  private static void check(Path file, TenantInput input) throws IOException {
    String compiled = text(Compiler.compile(input.resolve(), Inputs.HEALTH, Inputs.TEMPLATES));
    if (UPDATE) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, compiled);
    }
    assertThat(compiled).isEqualTo(Files.readString(file));
  }

  @Test
  void thereIsNoGoldenFileWithoutATenant() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
      assertThat(names)
          .isEqualTo(Inputs.flagships().keySet().stream().map(name -> name + ".txt").toList());
    }
  }

  /** All files and links of a tree; the digests of resources are left to other tests. */
  static String text(Compiled compiled) {
    StringBuilder out = new StringBuilder();
    compiled
        .tree()
        .nodes()
        .forEach((path, node) -> {
          switch (node) {
            case FileTree.Text(String content) ->
                out.append("==> ").append(path).append('\n').append(content).append('\n');
            case FileTree.Link(String target) ->
                out.append("==> ").append(path).append(" -> ").append(target).append("\n\n");
          }
        });
    return out.toString();
  }

  /** Writes a tree to a directory, for a look at it on a host: {@code DIRECTORY}. */
  public static void main(String[] arguments) {
    Path top = Path.of(arguments[0]);
    Inputs.flagships()
        .forEach((name, input) -> {
          Path directory = top.resolve(name);
          Compiler.compile(input.resolve(), Inputs.HEALTH, Inputs.TEMPLATES)
              .tree()
              .nodes()
              .forEach((path, node) -> write(directory.resolve(path), node));
        });
  }

  private static void write(Path path, FileTree.Node node) {
    try {
      Files.createDirectories(path.getParent());
      switch (node) {
        case FileTree.Text(String content) -> Files.writeString(path, content);
        case FileTree.Link(String target) -> Files.createSymbolicLink(path, Path.of(target));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
