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

  Verdict.Bad verdict() {
    return new Verdict.Bad(reason, sentence);
  }
}
