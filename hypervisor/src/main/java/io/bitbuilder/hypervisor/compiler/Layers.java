package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Directories of a repository by content, rootfs overlays and cloud-init files: equal ones of any
 * tenant are one layer on disk.
 */
public final class Layers {
  private static final List<String> TOPS = List.of("rootfs-overlay/", "cloud-init/", "scripts/");

  private Layers() {}

  /**
   * The digest of a layer: 64 hexadecimal digits over relative path, kind and object id of every
   * entry, in path order. An object id stands for its content, so nothing is read.
   *
   * @param overlay the entries below one {@code rootfs-overlay/}, {@code cloud-init/} or {@code
   *     scripts/}
   */
  public static String digest(List<SourceTree.Entry> overlay) {
    List<SourceTree.Entry> sorted = new ArrayList<>(overlay);
    sorted.sort(Comparator.comparing(SourceTree.Entry::path));
    Digest digest = new Digest();
    for (SourceTree.Entry entry : sorted) {
      digest.add(relative(entry.path())).add(entry.kind().name()).add(entry.id());
    }
    return digest.hex();
  }

  /**
   * The digest of the layer with the repository at the commit that is compiled, which stands for
   * all that is in it; empty for a tenant without an infrastructure instance to see it.
   */
  public static Optional<String> repository(ResolvedTenant tenant) {
    return InfraUnits.has(tenant)
        ? tenant.commit().map(commit -> new Digest().add("config.git").add(commit.value()).hex())
        : Optional.empty();
  }

  static String relative(String path) {
    // containers/<name>/<top>/… or machines/<name>/<top>/…: neither name has a slash.
    for (String top : TOPS) {
      int at = path.indexOf(top);
      if (at == 0 || (at > 0 && path.charAt(at - 1) == '/')) {
        return path.substring(at + top.length());
      }
    }
    return path;
  }
}
