package io.bitbuilder.hypervisor.networkd;

import java.util.Locale;
import java.util.Optional;

/** The kinds of files networkd and udev read, by how their names end (systemd.network(5)). */
public enum FileKind {
  /** systemd.netdev(5). */
  NETDEV,
  /** systemd.network(5). */
  NETWORK,
  /** systemd.link(5). */
  LINK;

  /** How names of its files end, without the dot. */
  public String suffix() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind of a file; empty when it is none of networkd's. */
  public static Optional<FileKind> of(String file) {
    for (FileKind kind : values()) {
      if (file.endsWith("." + kind.suffix())) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
