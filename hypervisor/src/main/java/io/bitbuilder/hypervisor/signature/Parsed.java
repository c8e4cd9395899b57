package io.bitbuilder.hypervisor.signature;

/** Outcome of reading bytes somebody else made. */
public sealed interface Parsed<T> {
  /** They are a T. */
  record Accepted<T>(T value) implements Parsed<T> {}

  /**
   * They are not.
   *
   * @param reason the kind
   * @param sentence what was found, without a final stop
   */
  record Refused<T>(Reason reason, String sentence) implements Parsed<T> {}
}
