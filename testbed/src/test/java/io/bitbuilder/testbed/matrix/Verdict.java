package io.bitbuilder.testbed.matrix;

/** What becomes of a probe. */
public enum Verdict {
  ARRIVES,
  DROPPED,
  /** Nobody's business: not judged. */
  FREE
}
