package io.bitbuilder.hypervisor.host;

import java.time.Instant;
import java.util.Optional;

/**
 * How a unit is, in the words of {@code systemctl show} (org.freedesktop.systemd1(5)).
 *
 * @param load loaded, not-found, masked, …
 * @param active active, reloading, inactive, failed, activating, deactivating, maintenance; one
 *     that is down and has a start job waiting is activating here
 * @param sub the state of its type, such as running or auto-restart
 * @param result success, or why a service failed: exit-code, timeout, start-limit-hit, …
 * @param invocation changes with every start; empty when it never ran
 * @param restarts how often it was restarted by itself since it was last started by somebody
 * @param since when it last changed its state; empty when it never did
 * @param exitStatus of the main process, 0 when there was none
 * @param status what the service says about itself, untrusted and unescaped
 */
public record UnitState(
    String unit,
    String load,
    String active,
    String sub,
    String result,
    String invocation,
    int restarts,
    Optional<Instant> since,
    int exitStatus,
    String status) {
  /** Whether it is loaded from a file. */
  public boolean exists() {
    return load.equals("loaded");
  }

  /** Whether it is up. */
  public boolean isActive() {
    return active.equals("active") || active.equals("reloading");
  }

  /** Whether it failed for good; one that waits for its next start is activating. */
  public boolean hasFailed() {
    return active.equals("failed");
  }

  /** Whether it ran and ended with 0 by itself: of a command nothing more can be expected. */
  public boolean hasExited() {
    return active.equals("inactive")
        && result.equals("success")
        && exitStatus == 0
        && !invocation.isEmpty();
  }

  /** Whether something of it may still run. */
  public boolean isDown() {
    return active.equals("inactive") || active.equals("failed");
  }
}
