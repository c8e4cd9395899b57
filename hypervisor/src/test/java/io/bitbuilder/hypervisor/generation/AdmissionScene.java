package io.bitbuilder.hypervisor.generation;

import static io.bitbuilder.hypervisor.generation.Fixtures.BETA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;

/** A staged generation of tenant beta, to be changed and offered to the store. */
abstract class AdmissionScene {
  @TempDir Path root;
  final TreeMap<String, FileTree.Node> nodes = new TreeMap<>(Fixtures.tree(BETA).nodes());

  Path stage() throws IOException {
    Staging staging = new Staging(root);
    staging.clear();
    staging.writeTenant(Fixtures.manifest(BETA, "one"), new FileTree(nodes));
    return Fixtures.candidate(staging, BETA);
  }

  void refused(TenantId tenant) throws IOException {
    refused(tenant, stage());
  }

  void refused(TenantId tenant, Path staged) {
    assertThatThrownBy(() -> new Store(root).add(tenant, staged))
        .isInstanceOfSatisfying(
            NotAdmitted.class,
            e -> assertThat(e.findings()).isNotEmpty().allMatch(d -> d.code() == Code.BB605));
    assertThat(new Store(root).tenants()).isEmpty();
  }
}
