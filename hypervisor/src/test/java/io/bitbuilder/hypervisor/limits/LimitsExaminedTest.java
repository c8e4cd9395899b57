package io.bitbuilder.hypervisor.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.host.Doctor.Examined;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsExaminedTest {
  @TempDir Path root;
  private final SortedMap<String, List<Limit>> limits = new TreeMap<>();

  @BeforeEach
  void aHostWithQuotas() throws IOException {
    write("proc/self/mountinfo", mount("/", "xfs", "rw,prjquota"));
  }

  private static String mount(String point, String type, String options) {
    return "31 2 254:0 / %s rw,relatime shared:1 - %s /dev/vda %s\n"
        .formatted(point, type, options);
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private static Limit limit(Limit.Kind kind, Limit.State state) {
    return new Limit(kind, 1 << 20, state, OptionalLong.empty(), OptionalLong.empty());
  }

  private Map<String, Code> findings() throws IOException {
    Map<String, Code> findings = new TreeMap<>();
    for (Examined one : LimitsExamined.examine(root, limits)) {
      one.finding()
          .ifPresent(finding -> {
            assertThat(finding.help()).isNotEmpty();
            assertThat(finding.message()).isEqualTo(one.seen());
            findings.put(one.what(), finding.code());
          });
    }
    return findings;
  }

  private String storage() throws IOException {
    return LimitsExamined.examine(root, limits).getLast().seen();
  }

  @Test
  void aGoodHostHasNoFinding() throws IOException {
    assertThat(findings()).isEmpty();
    limits.put("acme", List.of(limit(Limit.Kind.STORAGE, Limit.State.HELD)));
    assertThat(findings()).isEmpty();
  }

  @Test
  void withoutProjectQuotasOneFindingIsForAllTenants() throws IOException {
    write("proc/self/mountinfo", mount("/", "ext4", "rw"));
    limits.put("acme", List.of(limit(Limit.Kind.STORAGE, Limit.State.NOT_ENFORCED)));
    limits.put("blue", List.of(limit(Limit.Kind.STORAGE, Limit.State.NOT_ENFORCED)));
    assertThat(findings()).isEqualTo(Map.of("storage", Code.BB707));
    assertThat(storage())
        .isEqualTo(
            "limits of storage are not enforced: /var/lib/tenants has no project quotas"
                + " (ext4 on /dev/vda)");
    limits.clear();
    assertThat(findings()).isEqualTo(Map.of("storage", Code.BB707));
  }

  /** An option that is a default of the file system is in no list of mounts. */
  @Test
  void ext4TellsInAFileOfItsOwn() throws IOException {
    write("proc/self/mountinfo", mount("/", "ext4", "rw"));
    write("proc/fs/ext4/vda/options", "rw\nprjquota\n");
    Files.createDirectories(root.resolve("sys/dev/block"));
    Files.createSymbolicLink(root.resolve("sys/dev/block/254:0"), Path.of("../../devices/x/vda"));
    assertThat(findings()).isEmpty();
    write("proc/fs/ext4/vda/options", "rw\nnoprjquota\n");
    assertThat(findings()).isEqualTo(Map.of("storage", Code.BB707));
  }

  @Test
  void theInnermostMountCounts() throws IOException {
    String top = mount("/", "btrfs", "rw");
    write("proc/self/mountinfo", top + mount("/var/lib/tenants", "xfs", "rw,prjquota"));
    assertThat(findings()).isEmpty();
    write("proc/self/mountinfo", top + mount("/var/lib/tenants-2", "xfs", "rw,prjquota"));
    assertThat(storage()).endsWith("(btrfs on /dev/vda)");
    write(
        "proc/self/mountinfo",
        mount("/var", "xfs", "rw,prjquota") + top + mount("/var", "ext4", "rw"));
    assertThat(storage()).endsWith("(ext4 on /dev/vda)");
  }

  @Test
  void aTenantWithoutItsQuotaIsNamed() throws IOException {
    limits.put("acme", List.of(limit(Limit.Kind.STORAGE, Limit.State.HELD)));
    for (int i = 1; i < 8; i++) {
      limits.put("t" + i, List.of(limit(Limit.Kind.STORAGE, Limit.State.NOT_ENFORCED)));
    }
    assertThat(findings()).isEqualTo(Map.of("storage", Code.BB707));
    assertThat(storage())
        .isEqualTo("limits of storage are not enforced for t1, t2, t3, t4, t5 and 2 more");
  }

  @Test
  void anotherLimitThanWasSetIsFoundAndNoneThatHasNothingToLimit() throws IOException {
    limits.put(
        "acme",
        List.of(
            limit(Limit.Kind.MEMORY, Limit.State.HELD), limit(Limit.Kind.TASKS, Limit.State.IDLE)));
    assertThat(findings()).isEmpty();
    limits.put("blue", List.of(limit(Limit.Kind.MEMORY, Limit.State.DIFFERENT)));
    assertThat(findings()).isEqualTo(Map.of("limits", Code.BB708));
  }
}
