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

  /** Runs a reader and takes its refusal as the outcome. */
  static <T> Parsed<T> of(Reading<T> reading) {
    try {
      return new Accepted<>(reading.read());
    } catch (RefusalException e) {
      return new Refused<>(e.reason(), e.sentence());
    }
  }

  /** Reads, or refuses. */
  @FunctionalInterface
  interface Reading<T> {
    T read() throws RefusalException;
  }
}
