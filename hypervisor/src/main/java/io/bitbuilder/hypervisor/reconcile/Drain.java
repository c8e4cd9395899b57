package io.bitbuilder.hypervisor.reconcile;

import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the host is drained: no tenant runs, and none is started (bitbuilder-drain.service). */
public final class Drain {
  /** How it ends, other than by a reboot. */
  public static final String END = "systemctl stop bitbuilder-drain.service";

  private Drain() {}

  /**
   * Whether it is, or is about to be.
   *
   * @param root the directory the host's files are under
   */
  public static boolean isOn(Path root) {
    return Files.exists(root.resolve("run/bitbuilder/drained"));
  }
}
