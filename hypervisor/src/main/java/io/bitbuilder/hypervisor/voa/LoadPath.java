package io.bitbuilder.hypervisor.voa;

import java.nio.file.Path;

/**
 * A place verifiers are loaded from (UAPI.11, Load paths).
 *
 * @param path absolute and without "." and "..", as the host sees it: what a root directory is
 *     prepended to
 * @param priority 0 is the highest
 * @param writable whether masks count in it
 * @param ephemeral whether it is gone after a reboot; links in it do not count
 */
public record LoadPath(Path path, int priority, boolean writable, boolean ephemeral) {
  /** Refuses a relative path and a negative priority, with {@link IllegalArgumentException}. */
  public LoadPath {
    if (!path.isAbsolute() || !path.equals(path.normalize()) || path.getNameCount() == 0) {
      throw new IllegalArgumentException("a load path is absolute and normal");
    }
    if (priority < 0) {
      throw new IllegalArgumentException("0 is the highest priority");
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
