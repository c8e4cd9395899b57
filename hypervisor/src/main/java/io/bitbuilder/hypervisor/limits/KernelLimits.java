package io.bitbuilder.hypervisor.limits;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;

/**
 * Reads back what was set: the cgroup of a tenant's slice, and its directory, where a project quota
 * shows as the size of the file system (statfs(2)).
 */
public final class KernelLimits {
  private static final long PAGE = 4096;

  /** File systems count in blocks; none is larger. */
  private static final long BLOCK = 65536;

  private final Path cgroups;
  private final File tenants;

  /**
   * Reads of the host behind a root directory.
   *
   * @param root the directory the host's files are under
   */
  public KernelLimits(Path root) {
    this.cgroups = root.resolve("sys/fs/cgroup/tenants.slice");
    this.tenants = root.resolve("var/lib/tenants").toFile();
  }

  /**
   * Looks at the limits of one tenant.
   *
   * @param slice the unit its processes are in
   * @param set what its generation sets: bytes, tasks, thousandths of a processor
   */
  public List<Limit> read(String tenant, String slice, SortedMap<Limit.Kind, Long> set)
      throws IOException {
    Path cgroup = cgroups.resolve(slice);
    List<Limit> limits = new ArrayList<>();
    for (Map.Entry<Limit.Kind, Long> one : set.entrySet()) {
      long amount = one.getValue();
      limits.add(
          switch (one.getKey()) {
            case MEMORY -> counted(Limit.Kind.MEMORY, amount, PAGE, cgroup, "memory");
            case TASKS -> counted(Limit.Kind.TASKS, amount, 1, cgroup, "pids");
            case CPU -> cpu(amount, cgroup);
            case STORAGE -> storage(new File(tenants, tenant), amount);
          });
    }
    return limits;
  }

  private static Limit counted(Limit.Kind kind, long set, long unit, Path cgroup, String controller)
      throws IOException {
    OptionalLong kernel = amount(cgroup, controller + ".max");
    boolean same = kernel.isPresent() && kernel.getAsLong() / unit == set / unit;
    Limit.State state = state(cgroup, controller + ".max", same);
    return new Limit(kind, set, state, kernel, amount(cgroup, controller + ".current"));
  }

  private static Limit.State state(Path cgroup, String file, boolean same) {
    if (!Files.isDirectory(cgroup)) {
      return Limit.State.IDLE;
    }
    if (!Files.exists(cgroup.resolve(file))) {
      return Limit.State.NOT_ENFORCED;
    }
    return same ? Limit.State.HELD : Limit.State.DIFFERENT;
  }

  /** {@code QUOTA PERIOD} in microseconds, {@code max} for no limit (cgroups(7)). */
  private static Limit cpu(long set, Path cgroup) throws IOException {
    String[] words = text(cgroup.resolve("cpu.max")).split(" ", -1);
    OptionalLong quota = number(words[0]);
    OptionalLong period = words.length > 1 ? number(words[1]) : OptionalLong.empty();
    OptionalLong kernel = OptionalLong.empty();
    if (quota.isPresent() && period.isPresent() && period.getAsLong() > 0) {
      kernel = OptionalLong.of(Math.round(quota.getAsLong() * 1000.0 / period.getAsLong()));
    }
    boolean same = kernel.isPresent() && Math.abs(kernel.getAsLong() - set) <= 1;
    Limit.State state = state(cgroup, "cpu.max", same);
    return new Limit(Limit.Kind.CPU, set, state, kernel, OptionalLong.empty());
  }

  private Limit storage(File directory, long set) {
    long total = directory.getTotalSpace();
    long disk = tenants.getTotalSpace();
    if (total == 0) {
      return storage(set, Limit.State.IDLE, OptionalLong.empty(), OptionalLong.empty());
    }
    if (total == disk) {
      // A limit beyond the disk cannot be told from none, and is none.
      Limit.State state = set < disk - BLOCK ? Limit.State.NOT_ENFORCED : Limit.State.HELD;
      OptionalLong kernel =
          state == Limit.State.HELD ? OptionalLong.of(total) : OptionalLong.empty();
      return storage(set, state, kernel, OptionalLong.empty());
    }
    boolean same = Math.abs(total - set) <= BLOCK;
    return storage(
        set,
        same ? Limit.State.HELD : Limit.State.DIFFERENT,
        OptionalLong.of(total),
        OptionalLong.of(total - directory.getFreeSpace()));
  }

  private static Limit storage(
      long set, Limit.State state, OptionalLong kernel, OptionalLong used) {
    return new Limit(Limit.Kind.STORAGE, set, state, kernel, used);
  }

  private static OptionalLong amount(Path cgroup, String file) throws IOException {
    return number(text(cgroup.resolve(file)));
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.US_ASCII).strip();
    } catch (NoSuchFileException _) {
      return "";
    }
  }

  private static OptionalLong number(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException _) {
      return OptionalLong.empty();
    }
  }
}
