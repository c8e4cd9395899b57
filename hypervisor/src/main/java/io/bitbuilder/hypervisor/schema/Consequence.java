package io.bitbuilder.hypervisor.schema;

/** What follows for something that runs when a key of it changes. */
public enum Consequence {
  /** Applied in place. */
  LIVE,
  /** It is stopped and started again; its data stays. */
  RESTART,
  /** It is removed and made anew. */
  RECREATE;

  /** The word people read. */
  public String word() {
    return switch (this) {
      case LIVE -> "live";
      case RESTART -> "restart";
      case RECREATE -> "recreate";
    };
  }
}
