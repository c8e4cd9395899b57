package io.bitbuilder.hypervisor.reconcile;

import java.io.IOException;

/** Somebody else is at it; try again later (exit status 75). */
public final class Busy extends IOException {
  private static final long serialVersionUID = 1L;

  Busy(String message) {
    super(message);
  }
}
