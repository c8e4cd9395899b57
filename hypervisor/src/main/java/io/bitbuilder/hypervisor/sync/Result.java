package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Code;

/** How fetching one repository ended. */
sealed interface Result {
  /** The branch is where it was. */
  record Unchanged() implements Result {}

  /** There is a new tip. */
  record Moved(ObjectStore.Commit tip) implements Result {}

  /**
   * Everything stays as it was.
   *
   * @param message untrusted text escaped
   * @param offered the commit that was refused, or empty; it need not be fetched again
   * @param patient whether trying again at once would only cost; a branch that is merely wrong is
   *     cheap to ask for
   */
  record Failed(
      Code code, String message, String expected, String help, String offered, boolean patient)
      implements Result {}
}
