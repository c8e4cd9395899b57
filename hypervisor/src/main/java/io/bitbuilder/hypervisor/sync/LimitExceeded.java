package io.bitbuilder.hypervisor.sync;

import java.io.IOException;

/** A repository costs more than its {@link Limits} allow. */
final class LimitExceeded extends IOException {
  private static final long serialVersionUID = 1;

  private final String allowed;

  /**
   * Says which.
   *
   * @param message what there is
   * @param allowed what would have been accepted
   */
  LimitExceeded(String message, String allowed) {
    super(message);
    this.allowed = allowed;
  }

  String allowed() {
    return "at most " + allowed;
  }
}
