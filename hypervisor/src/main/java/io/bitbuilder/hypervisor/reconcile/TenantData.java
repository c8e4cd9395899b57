package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.host.Trees;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a tenant keeps on this host: what its containers wrote, its volumes, its cache, keys of its
 * tunnels.
 */
public final class TenantData {
  private final Path root;
  private final TenantId tenant;

  /**
   * The data of a tenant, which need not have any.
   *
   * @param root the directory the host's files are under
   */
  public TenantData(Path root, TenantId tenant) {
    this.root = root;
    this.tenant = tenant;
  }

  /** The directories it lies in. */
  public List<Path> directories() {
    return List.of(
        root.resolve("var/lib/tenants").resolve(tenant.value()),
        root.resolve("var/cache/tenants").resolve(tenant.value()),
        root.resolve("var/lib/bitbuilder/wireguard").resolve(tenant.value()));
  }

  /** How much it is, in bytes of content; empty when it may not be looked at. */
  public OptionalLong bytes() {
    try {
      long sum = 0;
      for (Path directory : directories()) {
        sum += Trees.bytes(directory);
      }
      return OptionalLong.of(sum);
    } catch (IOException _) {
      return OptionalLong.empty();
    }
  }

  /**
   * Deletes it.
   *
   * @throws IOException when something is still mounted in it, or it cannot be deleted
   */
  void delete() throws IOException {
    Path mountinfo = root.resolve("proc/self/mountinfo");
    for (Path directory : directories()) {
      if (Files.exists(mountinfo) && Trees.hasMounts(directory, mountinfo)) {
        throw new IOException("something is still mounted under " + directory);
      }
      Trees.delete(directory);
    }
  }
}
