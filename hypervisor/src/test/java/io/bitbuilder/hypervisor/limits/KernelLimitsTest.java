package io.bitbuilder.hypervisor.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelLimitsTest {
  private static final String SLICE = "tenants-acme.slice";

  @TempDir Path root;

  @BeforeEach
  void theSliceIsUp() throws IOException {
    write("memory.max", "1048576\n");
    write("memory.current", "4096\n");
    write("pids.max", "100\n");
    write("pids.current", "7\n");
    write("cpu.max", "20000 100000\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve("sys/fs/cgroup/tenants.slice").resolve(SLICE).resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Limit read(Limit.Kind kind, long set) throws IOException {
    return new KernelLimits(root).read("acme", SLICE, new TreeMap<>(Map.of(kind, set))).getFirst();
  }

  @Test
  void whatWasSetIsHeld() throws IOException {
    // In whole pages, as the kernel counts.
    Limit memory = read(Limit.Kind.MEMORY, 1048577);
    assertThat(memory.state()).isEqualTo(Limit.State.HELD);
    assertThat(memory.used()).isEqualTo(OptionalLong.of(4096));
    Limit tasks = read(Limit.Kind.TASKS, 100);
    assertThat(tasks.state()).isEqualTo(Limit.State.HELD);
    assertThat(tasks.used()).isEqualTo(OptionalLong.of(7));
    assertThat(read(Limit.Kind.CPU, 200).state()).isEqualTo(Limit.State.HELD);
    write("cpu.max", "1000 1000000\n");
    assertThat(read(Limit.Kind.CPU, 1).state()).isEqualTo(Limit.State.HELD);
  }

  @Test
  void anotherLimitIsDifferentAndNoneIsAsWell() throws IOException {
    assertThat(read(Limit.Kind.TASKS, 101).state()).isEqualTo(Limit.State.DIFFERENT);
    assertThat(read(Limit.Kind.MEMORY, 2 << 20).kernel()).isEqualTo(OptionalLong.of(1 << 20));
    write("memory.max", "max\n");
    Limit memory = read(Limit.Kind.MEMORY, 1 << 20);
    assertThat(memory.state()).isEqualTo(Limit.State.DIFFERENT);
    assertThat(memory.kernel()).isEmpty();
    write("cpu.max", "max 100000\n");
    assertThat(read(Limit.Kind.CPU, 200).state()).isEqualTo(Limit.State.DIFFERENT);
  }

  @Test
  void withoutAControllerNothingIsEnforced() throws IOException {
    Files.delete(root.resolve("sys/fs/cgroup/tenants.slice").resolve(SLICE).resolve("cpu.max"));
    assertThat(read(Limit.Kind.CPU, 200).state()).isEqualTo(Limit.State.NOT_ENFORCED);
  }

  @Test
  void withoutAnythingThatRunsThereIsNothingToLimit() throws IOException {
    TreeMap<Limit.Kind, Long> set = new TreeMap<>();
    for (Limit.Kind kind : Limit.Kind.values()) {
      set.put(kind, 1L << 20);
    }
    assertThat(new KernelLimits(root).read("blue", "tenants-blue.slice", set))
        .hasSize(4)
        .allSatisfy(limit -> {
          assertThat(limit.state()).isEqualTo(Limit.State.IDLE);
          assertThat(limit.kernel()).isEmpty();
          assertThat(limit.used()).isEmpty();
        });
  }

  /** A directory that is as large as its disk has no limit, which only more than the disk is. */
  @Test
  void aDirectoryWithoutAQuotaIsNotLimited() throws IOException {
    Files.createDirectories(root.resolve("var/lib/tenants/acme"));
    assertThat(read(Limit.Kind.STORAGE, 1 << 20).state()).isEqualTo(Limit.State.NOT_ENFORCED);
    assertThat(read(Limit.Kind.STORAGE, 1 << 20).used()).isEmpty();
    assertThat(read(Limit.Kind.STORAGE, 1L << 60).state()).isEqualTo(Limit.State.HELD);
  }
}
