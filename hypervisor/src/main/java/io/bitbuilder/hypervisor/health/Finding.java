package io.bitbuilder.hypervisor.health;

/**
 * What one look at one thing gave.
 *
 * @param container the name of the container
 * @param check what was looked at, such as {@code unit} or {@code tcp 80}
 * @param detail what was seen, in our words; untrusted text in it is escaped
 */
public record Finding(String container, String check, State state, String detail) {
  /** How it is. */
  public enum State {
    PASSED,
    /** Not yet, but it may still come. */
    PENDING,
    /** And it will not mend itself. */
    FAILED
  }

  /** Whether it is as it should be. */
  public boolean passed() {
    return state == State.PASSED;
  }

  /** In one sentence. */
  @Override
  public String toString() {
    return container + ": " + check + ": " + detail;
  }
}
