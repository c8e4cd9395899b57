package io.bitbuilder.hypervisor.generation;

import static io.bitbuilder.hypervisor.generation.Fixtures.ALPHA;
import static io.bitbuilder.hypervisor.generation.Fixtures.BETA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  @TempDir Path root;
  private Store store;

  @BeforeEach
  void open() throws IOException {
    store = new Store(root);
    store.recover();
  }

  private Generation add(TenantId tenant, String inputs) throws IOException {
    Staging staging = Fixtures.stage(root, inputs, tenant);
    return store.add(tenant, Fixtures.candidate(staging, tenant));
  }

  private void select(Generation... generations) throws IOException {
    SortedMap<TenantId, Integer> wanted = new TreeMap<>();
    for (Generation generation : generations) {
      wanted.put(generation.tenant(), generation.number());
    }
    store.select(wanted);
  }

  @Test
  void aGenerationComesBackAsItWasStaged() throws IOException {
    Generation added = add(ALPHA, "one");
    assertThat(added.number()).isEqualTo(1);
    assertThat(added.manifest()).isEqualTo(Fixtures.manifest(ALPHA, "one"));
    assertThat(store.tenants()).containsExactly(ALPHA);
    assertThat(store.generations(ALPHA)).containsExactly(added);
    assertThat(store.current(ALPHA)).isEmpty();
  }

  @Test
  void selectingSwitchesUnitsOfAllTenantsAtOnce() throws IOException {
    Generation alpha = add(ALPHA, "one");
    Generation beta = add(BETA, "one");
    select(alpha, beta);
    Path units = root.resolve("generations/current/units");
    assertThat(units.resolve("tenant-container@beta\\x2d2-web.service.d/50-compiled.conf"))
        .hasContent("[Service]\nEnvironment=MACHINE=web.beta-2\n");
    assertThat(Durable.names(units.resolve("tenants.target.wants")))
        .containsExactly("tenant@alpha.target", "tenant@beta\\x2d2.target");
    assertThat(Files.readSymbolicLink(units.resolve("tenants.target.wants/tenant@alpha.target")))
        .hasToString("/usr/lib/systemd/system/tenant@.target");
    assertThat(root.resolve("generations/tenants/alpha/current/tenant.conf"))
        .hasContent("BRIDGES=bb-alpha");
    assertThat(store.current(BETA)).contains(beta);

    select(beta);
    assertThat(store.current(ALPHA)).isEmpty();
    assertThat(Durable.names(units.resolve("tenants.target.wants")))
        .containsExactly("tenant@beta\\x2d2.target");
  }

  @Test
  void selectingTheSameAgainChangesNothing() throws IOException {
    Generation alpha = add(ALPHA, "one");
    select(alpha);
    Path before = Files.readSymbolicLink(root.resolve("generations/current"));
    select(alpha);
    assertThat(Files.readSymbolicLink(root.resolve("generations/current"))).isEqualTo(before);
  }

  @Test
  void selectingWhatDoesNotExistChangesNothing() throws IOException {
    select(add(ALPHA, "one"));
    assertThatThrownBy(() -> store.select(new TreeMap<>(Map.of(ALPHA, 7))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tenant alpha has no generation 7");
    assertThat(store.selection()).containsExactly(Map.entry(ALPHA, 1));
  }

  @Test
  void twoTenantsWithTheSameUnitAreNeverSwitchedTo() throws IOException {
    Generation alpha = add(ALPHA, "one");
    Generation beta = add(BETA, "one");
    select(alpha);
    Files.writeString(beta.directory().resolve("units/tenants-alpha.slice"), "[Slice]\n");
    assertThatThrownBy(() -> select(alpha, beta))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("tenants alpha and beta-2 both bring units/tenants-alpha.slice");
    assertThat(store.selection()).containsExactly(Map.entry(ALPHA, 1));
  }

  @Test
  void verdictsAndPinsStayWithTheirGeneration() throws IOException {
    Generation added = add(ALPHA, "one");
    Verdict verdict =
        new Verdict(Verdict.State.HEALTHY, Fixtures.THEN, "", Duration.ofMillis(1234));
    store.record(added, verdict);
    store.pin(added);
    Generation read = store.generations(ALPHA).getFirst();
    assertThat(read.verdict()).contains(verdict);
    assertThat(read.pinned()).isTrue();
    store.unpin(read);
    assertThat(store.generations(ALPHA).getFirst().pinned()).isFalse();
  }

  @Test
  void pruningKeepsTheNewestTheCurrentAndThePinned() throws IOException {
    Generation first = add(ALPHA, "1");
    Generation second = add(ALPHA, "2");
    for (int i = 3; i <= 6; i++) {
      add(ALPHA, String.valueOf(i));
    }
    store.pin(first);
    select(second);
    store.prune(2);
    assertThat(store.generations(ALPHA)).extracting(Generation::number).containsExactly(1, 2, 5, 6);
    assertThat(add(ALPHA, "7").number()).isEqualTo(7);
  }

  @Test
  void pruningKeepsTwoSelections() throws IOException {
    for (int i = 1; i <= 4; i++) {
      select(add(ALPHA, String.valueOf(i)));
    }
    store.prune(1);
    assertThat(Durable.names(root.resolve("generations/selections")))
        .containsExactly("3", "3.json", "4", "4.json");
    assertThat(store.generations(ALPHA)).extracting(Generation::number).containsExactly(3, 4);
  }

  @Test
  void removingForgetsATenantThatIsOff() throws IOException {
    Generation alpha = add(ALPHA, "one");
    select(alpha);
    assertThatThrownBy(() -> store.remove(ALPHA)).isInstanceOf(IllegalArgumentException.class);
    select();
    store.remove(ALPHA);
    assertThat(store.tenants()).isEmpty();
    assertThat(root.resolve("generations/tenants/alpha")).doesNotExist();
  }

  @Test
  void aMissingSelectionIsMadeAgain() throws IOException {
    select(add(ALPHA, "one"), add(BETA, "one"));
    Durable.deleteTree(Disk.LOCAL, root.resolve("generations/selections/1"));
    new Store(root).recover();
    assertThat(root.resolve("generations/current/units/tenants-alpha.slice")).exists();
    assertThat(root.resolve("generations/current/tenants/beta-2/tenant.conf")).exists();
  }

  @Test
  void layersAreImportedOnceAndPrunedWhenUnnamed() throws IOException {
    String digest = "ab".repeat(32);
    Staging staging = new Staging(root);
    staging.clear();
    TreeMap<String, io.bitbuilder.hypervisor.compiler.FileTree.Node> nodes =
        new TreeMap<>(Fixtures.tree(ALPHA).nodes());
    nodes.put(
        "mounts/run-tenants-alpha-containers-web-layer.mount",
        new io.bitbuilder.hypervisor.compiler.FileTree.Text(
            """
            [Mount]
            What=/var/lib/bitbuilder/generations/layers/%s
            Where=/run/tenants/alpha/containers/web/layer
            Type=none
            Options=bind,ro,nodev,X-mount.idmap=0:%d:65536
            """
                .formatted(digest, Fixtures.uidBase(ALPHA))));
    staging.writeTenant(
        Fixtures.manifest(ALPHA, "one"), new io.bitbuilder.hypervisor.compiler.FileTree(nodes));
    Path layer = Files.createDirectories(root.resolve("staging/layers/" + digest + "/etc"));
    Path script = Files.writeString(layer.resolve("run"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(
        script, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.createSymbolicLink(layer.resolve("out"), Path.of("/etc/shadow"));
    store.add(ALPHA, Fixtures.candidate(staging, ALPHA));
    Path imported = store.layer(digest).resolve("etc");
    assertThat(Files.getPosixFilePermissions(imported.resolve("run")))
        .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(Files.readSymbolicLink(imported.resolve("out"))).hasToString("/etc/shadow");
    store.prune(1);
    assertThat(store.layer(digest)).exists();
    store.remove(ALPHA);
    store.prune(1);
    assertThat(store.layer(digest)).doesNotExist();
  }
}
