package io.bitbuilder.hypervisor.activation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.generation.Generation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DifferenceTest {
  private static final Difference NONE = new Difference(false, false, false);
  private static final Difference UNITS = new Difference(true, false, false);
  private static final Difference PLACED = new Difference(false, true, false);
  private static final Difference NETWORK = new Difference(false, true, true);

  @TempDir Path home;

  /** Two generations with the same files. */
  @BeforeEach
  void make() throws IOException {
    for (String number : List.of("1", "2")) {
      put(number, "units/a.service.d/50-a.conf", "[Unit]\n");
      put(number, "mounts/run-tenants-acme-containers-web-root.mount", "[Mount]\n");
      put(number, "nspawn/web.acme.nspawn", "[Exec]\n");
      put(number, "network/40-br.netdev", "[NetDev]\n");
      put(number, "tenant.conf", "BRIDGES=\"br\"\nDIRECTORIES=\"\"\n");
      Files.createDirectory(home.resolve(number).resolve("units/tenants.target.wants"));
      Files.createSymbolicLink(
          home.resolve(number).resolve("units/tenants.target.wants/x.target"), Path.of("/usr/x"));
    }
  }

  private void put(String number, String path, String content) throws IOException {
    Path file = home.resolve(number).resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private Generation generation(String number) {
    return new Generation(
        Generations.ACME,
        Integer.parseInt(number),
        home.resolve(number),
        Generations.manifest(Generations.resource("web")),
        Optional.empty(),
        false);
  }

  private Difference difference() throws IOException {
    return Difference.between(Optional.of(generation("1")), Optional.of(generation("2")));
  }

  @Test
  void theSameFilesAreNoDifference() throws IOException {
    assertThat(difference()).isEqualTo(NONE);
  }

  @Test
  void allDiffersWhereThereIsNothingToCompareWith() throws IOException {
    Optional<Generation> one = Optional.of(generation("1"));
    assertThat(Difference.between(one, Optional.empty())).isEqualTo(Difference.ALL);
    assertThat(Difference.between(Optional.empty(), one)).isEqualTo(Difference.ALL);
  }

  @Test
  void systemdMustKnowOfUnitsAndMounts() throws IOException {
    put("2", "units/a.service.d/50-a.conf", "[Unit]\n#\n");
    assertThat(difference()).isEqualTo(UNITS);
    make2("units/a.service.d/50-a.conf", "[Unit]\n");
    put("2", "mounts/run-tenants-acme-containers-web-root.mount", "");
    assertThat(difference()).isEqualTo(UNITS);
  }

  /** Units are loaded again, and setup-tenant@ tells the file system. */
  @Test
  void anotherLimitOfStorageIsSetInPlace() throws IOException {
    String path = "units/setup-tenant@acme.service.d/50-storage.conf";
    put("1", path, "[Service]\nStateDirectoryQuota=1G\n");
    put("2", path, "[Service]\nStateDirectoryQuota=1G\n");
    assertThat(difference()).isEqualTo(NONE);
    put("2", path, "[Service]\nStateDirectoryQuota=2G\n");
    assertThat(difference()).isEqualTo(new Difference(true, true, false));
    Files.delete(home.resolve("2").resolve(path));
    assertThat(difference()).isEqualTo(new Difference(true, true, false));
  }

  private void make2(String path, String content) throws IOException {
    put("2", path, content);
    assertThat(difference()).as("as before").isEqualTo(NONE);
  }

  @Test
  void aFileMoreALinkElsewhereOrAnotherKindDiffers() throws IOException {
    put("2", "units/b.service.d/50-b.conf", "");
    assertThat(difference()).isEqualTo(UNITS);
    Files.delete(home.resolve("2/units/b.service.d/50-b.conf"));
    Files.delete(home.resolve("2/units/b.service.d"));
    assertThat(difference()).isEqualTo(NONE);
    Path link = home.resolve("2/units/tenants.target.wants/x.target");
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("/usr/y"));
    assertThat(difference()).isEqualTo(UNITS);
    Files.delete(link);
    Files.writeString(link, "");
    assertThat(difference()).isEqualTo(UNITS);
    Files.delete(link);
    Files.createDirectory(link);
    assertThat(difference()).isEqualTo(UNITS);
  }

  @Test
  void aFileInPlaceOfADirectoryDiffers() throws IOException {
    Files.delete(home.resolve("2/units/a.service.d/50-a.conf"));
    Files.delete(home.resolve("2/units/a.service.d"));
    Files.writeString(home.resolve("2/units/a.service.d"), "");
    assertThat(difference()).isEqualTo(UNITS);
  }

  @Test
  void whatIsMissingInBothIsTheSame() throws IOException {
    for (String number : List.of("1", "2")) {
      Files.delete(home.resolve(number).resolve("nspawn/web.acme.nspawn"));
      Files.delete(home.resolve(number).resolve("nspawn"));
      Files.delete(home.resolve(number).resolve("tenant.conf"));
    }
    assertThat(difference()).isEqualTo(NONE);
    put("1", "nspawn/web.acme.nspawn", "");
    assertThat(difference()).isEqualTo(PLACED);
  }

  @Test
  void settingsAndDirectoriesArePlacedAgain() throws IOException {
    put("2", "nspawn/web.acme.nspawn", "");
    assertThat(difference()).isEqualTo(PLACED);
    make2("nspawn/web.acme.nspawn", "[Exec]\n");
    put("2", "tenant.conf", "BRIDGES=\"br\"\nDIRECTORIES=\"1:/var/lib/tenants/acme/x\"\n");
    assertThat(difference()).isEqualTo(PLACED);
  }

  @Test
  void networksAreBroughtUpAgain() throws IOException {
    put("2", "network/40-br.netdev", "");
    assertThat(difference()).isEqualTo(NETWORK);
    make2("network/40-br.netdev", "[NetDev]\n");
    put("2", "tenant.conf", "BRIDGES=\"br other\"\nDIRECTORIES=\"\"\n");
    assertThat(difference()).isEqualTo(NETWORK);
  }

  @Test
  void theMountsOfAContainerAreThoseOfItsName() throws IOException {
    put("1", "mounts/run-tenants-acme-containers-web-base.mount", "");
    put("1", "mounts/run-tenants-acme-containers-web\\x2dtwo-root.mount", "");
    put("1", "mounts/run-tenants-acme-containers-web-root.mount.d", "");
    put("1", "mounts/run-tenants-other-containers-web-root.mount", "");
    assertThat(Difference.mounts(generation("1"), "tenant-container@acme-web.service"))
        .containsExactly(
            "run-tenants-acme-containers-web-base.mount",
            "run-tenants-acme-containers-web-root.mount");
  }
}
