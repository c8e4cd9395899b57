package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.SourceTree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Rootfs overlays by content: equal overlays of any tenant are one layer on disk. */
public final class Layers {
  private static final String TOP = "rootfs-overlay/";

  private Layers() {}

  /**
   * The digest of an overlay: 64 hexadecimal digits over relative path, kind and object id of every
   * entry, in path order. An object id stands for its content, so nothing is read.
   *
   * @param overlay the entries below one {@code rootfs-overlay/}
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

  private static String relative(String path) {
    int top = path.indexOf(TOP);
    return top < 0 ? path : path.substring(top + TOP.length());
  }
}
