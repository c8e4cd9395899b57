package io.bitbuilder.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.diagnostic.TextRenderer;
import io.bitbuilder.hypervisor.discovery.Systems;
import io.bitbuilder.hypervisor.discovery.Tenants;
import io.bitbuilder.hypervisor.networkd.Networkd;
import io.bitbuilder.hypervisor.sync.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Documents do not point into nothing, and what they tell to write can be read. */
final class DocumentsTest {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final String METADATA =
      """
      {"tenant": {"id": "tenant-001", "type": "container"},
       "resources": {"cpu": 1, "memory": "1G", "storage": "1G"}}
      """;
  private static final String TOPOLOGY = "networks: [{name: front, mode: nat}, {name: back}]\n";

  @TempDir private Path directory;
  private int written;

  private record Block(String language, String text) {}

  private static List<Path> documents() throws IOException {
    try (Stream<Path> top = Files.list(TOP);
        Stream<Path> docs = Files.walk(TOP.resolve("docs"))) {
      return Stream.concat(top, docs)
          .filter(path -> path.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> linksLeadSomewhere() throws IOException {
    List<Path> documents = documents();
    assertThat(documents).hasSizeGreaterThan(75);
    return documents.stream()
        .map(document ->
            DynamicTest.dynamicTest(
                TOP.relativize(document).toString(), document.toUri(), () -> follow(document)));
  }

  private static void follow(Path document) throws IOException {
    String text = Files.readString(document);
    for (int at = text.indexOf("]("); at >= 0; at = text.indexOf("](", at + 1)) {
      String target = text.substring(at + 2, text.indexOf(')', at));
      if (!target.startsWith("https://") && !target.startsWith("#")) {
        int fragment = target.indexOf('#');
        String file = fragment < 0 ? target : target.substring(0, fragment);
        assertThat(document.resolveSibling(file)).exists();
      }
    }
  }

  private static List<Block> blocks(String document) throws IOException {
    List<Block> blocks = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    String language = "";
    boolean inside = false;
    for (String line : Files.readAllLines(TOP.resolve(document))) {
      if (!line.startsWith("```")) {
        text.append(line).append('\n');
      } else if (inside) {
        blocks.add(new Block(language, text.toString()));
        inside = false;
      } else {
        language = line.substring(3);
        text.setLength(0);
        inside = true;
      }
    }
    return blocks;
  }

  private Path write(String path, String content, Path... into) throws IOException {
    Path top = into.length > 0 ? into[0] : directory.resolve("r" + written++);
    Path file = top.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return top;
  }

  @Test
  void whatATenantIsToldToWriteIsRight() throws IOException {
    List<Block> blocks =
        blocks("docs/how-to/write-a-tenant.md").stream()
            .filter(block -> !block.language.equals("sh"))
            .toList();
    assertThat(blocks).hasSizeGreaterThan(5);
    for (Block block : blocks) {
      boolean metadata = block.language.equals("json");
      boolean topology = block.text.startsWith("networks:\n");
      Path top = write("metadata.json", metadata ? block.text : METADATA);
      write("network/topology.yaml", topology ? block.text : TOPOLOGY, top);
      boolean machine = block.text.contains("\ndisk: ");
      boolean rules = block.text.contains("rules:\n");
      String container = metadata || topology || machine || rules ? "{}\n" : block.text;
      write("containers/web/config.yaml", container, top);
      if (rules) {
        write("network/firewall/rules.yaml", block.text, top);
        write("containers/db/config.yaml", "{}\n", top);
        write("containers/replica/config.yaml", "labels: [shop]\n", top);
      }
      if (machine) {
        write("machines/db/config.yaml", block.text, top);
      }
      Report report = new Report();
      Tenants.read(new DirectoryTree(top), Optional.empty(), report);
      assertThat(TextRenderer.render(report.sorted(), false)).as(block.text).isEmpty();
    }
  }

  @Test
  void whatAnOperatorIsToldOfTemplatesIsRight() throws IOException {
    List<Block> templates =
        blocks("docs/how-to/network-templates.md").stream()
            .filter(block -> block.language.equals("ini"))
            .toList();
    assertThat(templates).hasSize(2);
    Path top = write("tenants/registry.json", "{version: 1, tenants: []}");
    for (Block block : templates) {
      write(block.text.lines().findFirst().orElseThrow().substring("# ".length()), block.text, top);
    }
    Report report = new Report();
    Systems.read(new DirectoryTree(top), new Networkd(Path.of("../host")), report);
    assertThat(TextRenderer.render(report.sorted(), false)).isEmpty();
  }

  @Test
  void whatAnOperatorIsToldToRegisterIsRight() throws IOException {
    List<Block> registries =
        blocks("docs/tutorial/first-tenant.md").stream()
            .filter(block -> block.language.equals("json"))
            .toList();
    assertThat(registries).hasSize(1);
    Path top = write("tenants/registry.json", registries.getFirst().text);
    Report report = new Report();
    Systems.read(new DirectoryTree(top), new Networkd(Path.of("../host")), report);
    assertThat(TextRenderer.render(report.sorted(), false)).isEmpty();
  }
}
