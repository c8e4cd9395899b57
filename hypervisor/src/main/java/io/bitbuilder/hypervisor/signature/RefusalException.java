package io.bitbuilder.hypervisor.signature;

/** Leaves nested readers at once; never leaves this package other than as a value. */
final class RefusalException extends Exception {
  private static final long serialVersionUID = 1;
  private final Reason reason;
  private final String sentence;

  RefusalException(Reason reason, String sentence) {
    super(sentence, null, false, false);
    this.reason = reason;
    this.sentence = sentence;
  }

  static RefusalException malformed(String sentence) {
    return new RefusalException(Reason.MALFORMED, sentence);
  }

  Reason reason() {
    return reason;
  }

  String sentence() {
    return sentence;
  }

  /** Runs a reader and takes its refusal as the outcome. */
  static <T> Parsed<T> outcome(Reading<T> reading) {
    try {
      return new Parsed.Accepted<>(reading.read());
    } catch (RefusalException e) {
      return new Parsed.Refused<>(e.reason(), e.sentence());
    }
  }

  /** Reads, or refuses. */
  @FunctionalInterface
  interface Reading<T> {
    T read() throws RefusalException;
  }

  Verdict.Bad verdict() {
    return new Verdict.Bad(reason, sentence);
  }
}
