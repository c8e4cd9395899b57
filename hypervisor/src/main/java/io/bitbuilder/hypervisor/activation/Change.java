package io.bitbuilder.hypervisor.activation;

/**
 * What becomes of one container when a tenant goes from one generation to another.
 *
 * @param resource the name of the container
 * @param unit the service that runs it
 * @param why for people; made of our own words and of names
 */
public record Change(String resource, String unit, Kind kind, String why) {
  /** What is done, in the order it is done. */
  public enum Kind {
    /** It ends and does not come back. */
    STOP,
    /** It ends and starts with the new definition. */
    RESTART,
    /** It starts. */
    START,
    /** It goes on running and is changed in place. */
    LIVE,
    /** Nothing. */
    KEEP
  }
}
