package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What verbs print over a prepared host, to the letter. {@code -Dgolden.write=true} writes the
 * files anew, to be reviewed as a difference.
 */
class GoldenTest {
  private static final Path GOLDEN = Path.of("src/test/golden/cli");

  @TempDir Path root;

  static List<String> commandLines() {
    return List.of(
        "status",
        "status --json",
        "tenants",
        "tenants --json",
        "describe",
        "describe --json",
        "describe acme",
        "describe acme --json",
        "describe blue-2",
        "describe acme/job",
        "describe acme/job --json",
        "health blue-2",
        "health blue-2 --json",
        "network",
        "network --json",
        "network acme",
        "network acme --json",
        "network acme --format=dot",
        "network acme --format=svg",
        "network --format=dot",
        "network --format=svg",
        "network trace acme outside web:443",
        "network trace acme web outside:80",
        "network trace acme web db --json",
        "help network",
        "log",
        "log --lines=1 --json",
        "log acme",
        "log blue-2",
        "log --verify",
        "log --verify --json",
        "help log",
        "diff acme",
        "diff acme 1 2 --json",
        "version",
        "help",
        "help logs",
        "pin acme 1 --json",
        "help voa",
        "voa list --os=bitbuilder --os=arch",
        "voa list --explain",
        "voa list --explain --json");
  }

  @ParameterizedTest
  @MethodSource("commandLines")
  void printsExactlyThis(String line) throws IOException {
    PreparedKeys.write(root);
    Prepared.Ran ran = Prepared.threeTenants(root).run(line.split(" ", -1));
    assertThat(ran.err()).isEmpty();
    assertThat(ran.status()).isZero();
    Path file = GOLDEN.resolve(line.replace(' ', '_').replace('/', '+') + ".txt");
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, ran.out());
    }
    assertThat(ran.out()).isEqualTo(Files.readString(file));
  }

  @Test
  void everyGoldenFileIsUsed() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      assertThat(files).hasSize(commandLines().size());
    }
  }
}
