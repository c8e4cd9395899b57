package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Code;
import java.io.IOException;

/** Something is wrong with an image. */
final class Unusable extends IOException {
  private static final long serialVersionUID = 1;
  private final Code code;
  private final String help;

  /**
   * Says what.
   *
   * @param message goes on after the name of the image
   * @param help how to mend it, or empty
   */
  Unusable(Code code, String message, String help) {
    super(message);
    this.code = code;
    this.help = help;
  }

  Code code() {
    return code;
  }

  String help() {
    return help;
  }
}
