package io.bitbuilder.hypervisor.generation;

import static io.bitbuilder.hypervisor.generation.Fixtures.ALPHA;
import static io.bitbuilder.hypervisor.generation.Fixtures.BETA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
  @TempDir Path root;
  private Path tree;

  @BeforeEach
  void stage() throws IOException {
    Fixtures.stage(root, "one", BETA);
    tree = root.resolve("staging/tenants/beta-2/tree");
  }

  private void refused(TenantId tenant) {
    assertThatThrownBy(() -> new Store(root).add(tenant, root.resolve("staging/tenants/" + BETA)))
        .isInstanceOfSatisfying(
            NotAdmitted.class,
            e -> assertThat(e.findings()).isNotEmpty().allMatch(d -> d.code() == Code.BB605));
    assertThat(new Store(root).tenants()).isEmpty();
  }

  @Test
  void whatTheCompilerMakesIsAdmitted() throws IOException {
    assertThat(new Store(root).add(BETA, root.resolve("staging/tenants/beta-2")).number())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "units/ssh.service",
        "units/ssh.service.d/x.conf",
        "units/tenants-alpha.slice",
        "units/tenants-beta.slice",
        "units/tenant-container@alpha-web.service.d/50-compiled.conf",
        "units/tenant-container@beta-2-web.service.d/50-compiled.conf",
        "units/tenant-container@beta\\x2d2-a-b.service.d/50-compiled.conf",
        "units/tenant-container@.service.d/50-compiled.conf",
        "units/tenant-container@beta\\x2d2-web.service.d/x.sh",
        "units/tenant-container@beta\\x2d2-web.service.d/deep/x.conf",
        "units/tenant-container@beta\\x2d2-web.service",
        "units/tenants.target.wants/ssh.service",
        "mounts/etc.mount",
        "mounts/run-tenants-alpha-x.mount",
        "mounts/run-tenants-beta\\x2d2.mount",
        "mounts/run-tenants-beta\\x2d2-x.service",
        "nspawn/web.alpha.nspawn",
        "nspawn/x.web.beta-2.nspawn",
        "network/x.link",
        "other/file",
        "file"
      })
  void aFileThatIsNotTheTenantsIsRefused(String path) throws IOException {
    Path file = tree.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "x");
    refused(BETA);
  }

  @ParameterizedTest
  @CsvSource({
    "units/tenants.target.wants/tenant@alpha.target,/usr/lib/systemd/system/tenant@.target",
    "units/tenants.target.wants/x.service,/usr/lib/systemd/system/tenant@.target",
    "units/tenant@beta\\x2d2.target.wants/ssh.service,/usr/lib/systemd/system/ssh.service",
    "units/tenant@beta\\x2d2.target.wants/setup-tenant@beta\\x2d2.service,/tmp/x.service",
    "units/tenants-beta\\x2d2.slice.d,/etc",
    "nspawn/db.beta-2.nspawn,/etc/shadow",
    "mounts/x.mount,../../x"
  })
  void aLinkElsewhereIsRefused(String path, String target) throws IOException {
    Path link = tree.resolve(path);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of(target));
    refused(BETA);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ExecStartPre=+/bin/sh",
        "  ExecStart = x",
        "User=root",
        "Environment=A=b \\",
        "BindPaths=/"
      })
  void aDropInThatChangesWhatRunsIsRefused(String line) throws IOException {
    Path dropIn = tree.resolve("units/tenant-container@beta\\x2d2-web.service.d/50-compiled.conf");
    Files.writeString(dropIn, "[Service]\n" + line + "\n");
    refused(BETA);
  }

  @ParameterizedTest
  @ValueSource(strings = {"A=$(id)", "A=b c", "A=`id`", "a=b", "A=\"b\\\"\"", "id"})
  void aSettingAShellCouldRunIsRefused(String line) throws IOException {
    Files.writeString(tree.resolve("tenant.conf"), line + "\n");
    refused(BETA);
  }

  @Test
  void aManifestOfAnotherTenantIsRefused() {
    refused(ALPHA);
  }

  @Test
  void aDirectoryThatIsALinkIsNotEntered() throws IOException {
    Path elsewhere = Files.createDirectories(root.resolve("elsewhere"));
    Durable.deleteTree(Disk.LOCAL, tree.resolve("nspawn"));
    Files.createSymbolicLink(tree.resolve("nspawn"), elsewhere);
    refused(BETA);
  }

  @Test
  void aFileTooLargeIsRefused() throws IOException {
    Files.write(tree.resolve("nspawn/db.beta-2.nspawn"), new byte[(1 << 20) + 1]);
    refused(BETA);
  }
}
