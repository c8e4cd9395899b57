package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.compiler.Compiled.Resource;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.SinceFile;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.host.Trees;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The data of containers and machines their tenants no longer declare: kept for as long as that of
 * removed tenants, so that one that comes back under its uid finds its disk, and then deleted.
 * Volumes of a tenant belong to no guest and stay.
 */
final class Leftovers {
  private static final List<String> KINDS = List.of("containers", "machines");

  private final Path root;
  private final Store store;
  private final Instant now;
  private final SinceFile file;

  Leftovers(Path root, Store store, Instant now) {
    this.root = root;
    this.store = store;
    this.now = now;
    this.file = SinceFile.leftovers(root.resolve("var/lib/bitbuilder"));
  }

  /**
   * Notes what is left over and since when, forgets what is declared again, and deletes what was
   * left long enough ago.
   *
   * @param touched tenants that went to another generation: only they can leave or take up
   *     anything, so that of a thousand tenants few are looked at
   * @param busy tenants that are left alone, for an activation of them is under way
   * @return what could not be deleted, and why
   */
  List<String> tend(Duration keep, Set<TenantId> touched, Set<TenantId> busy) throws IOException {
    SortedMap<String, Instant> before = file.read();
    SortedMap<String, Instant> after = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    Set<String> noted = new TreeSet<>();
    before.keySet().forEach(path -> noted.add(path.split("/", 2)[0]));
    for (Map.Entry<TenantId, Integer> selected : store.selection().entrySet()) {
      TenantId tenant = selected.getKey();
      if (!touched.contains(tenant) && !noted.contains(tenant.value())) {
        continue;
      }
      for (String path : paths(tenant, selected.getValue())) {
        Instant since = before.getOrDefault(path, now);
        boolean expired = before.containsKey(path) && !since.plus(keep).isAfter(now);
        if (!expired || busy.contains(tenant) || !delete(path, problems)) {
          after.put(path, since);
        }
      }
    }
    file.write(after);
    return problems;
  }

  /** The directories of a tenant that nothing declared has, as {@code acme/machines/db}. */
  private SortedSet<String> paths(TenantId tenant, int current) throws IOException {
    SortedSet<String> paths = new TreeSet<>();
    Path data = root.resolve("var/lib/tenants").resolve(tenant.value());
    for (String kind : KINDS) {
      String[] names = data.resolve(kind).toFile().list();
      for (String name : names == null ? new String[0] : names) {
        paths.add(tenant + "/" + kind + "/" + name);
      }
    }
    if (!paths.isEmpty()) {
      paths.removeAll(declared(tenant, current));
    }
    return paths;
  }

  /** What the current generation has, and what somebody pinned, to go back to it one day. */
  private Set<String> declared(TenantId tenant, int current) throws IOException {
    Set<String> declared = new TreeSet<>();
    for (Generation generation : store.generations(tenant)) {
      if (generation.pinned() || generation.number() == current) {
        for (Resource resource : generation.manifest().resources()) {
          switch (resource.kind()) {
            case CONTAINER -> declared.add(tenant + "/containers/" + resource.uid());
            case MACHINE -> declared.add(tenant + "/machines/" + resource.uid());
            case SCRIPT -> {}
          }
        }
      }
    }
    return declared;
  }

  private boolean delete(String path, List<String> problems) {
    Path directory = root.resolve("var/lib/tenants").resolve(path);
    Path mountinfo = root.resolve("proc/self/mountinfo");
    try {
      if (Files.exists(mountinfo) && Trees.hasMounts(directory, mountinfo)) {
        throw new IOException("something is still mounted in it");
      }
      Trees.delete(directory);
      return true;
    } catch (IOException e) {
      problems.add(path + " is still there: " + e.getMessage());
      return false;
    }
  }
}
