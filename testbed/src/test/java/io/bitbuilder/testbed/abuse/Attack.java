package io.bitbuilder.testbed.abuse;

/**
 * One thing that is tried, by a tenant of its own.
 *
 * @param id the tenant
 * @param source where it was seen: a CVE, a test of git, or the number in the list of ideas
 * @param what it is, in a line
 * @param expected the code of the finding, or {@link #INERT}
 * @param names what the findings must say: the path, or another word that leads to the place. For
 *     what is accepted, a shell line that succeeds where it did nothing; {@code $1} is the tenant
 * @param maker makes the repository
 * @param plant a shell line that changes the bare repository {@code $1} where it lies, or empty
 * @param url where the repository is said to be, or empty for where it is
 */
public record Attack(
    String id,
    String source,
    String what,
    String expected,
    String names,
    Maker maker,
    String plant,
    String url) {
  /** It is accepted, and does nothing. */
  public static final String INERT = "inert";

  /** A container nobody starts. */
  public static final String RESTING = "image: host\ncommand: [/bin/true]\nautostart: false\n";

  /** A container that is there to be looked into. */
  public static final String RUNNING =
      "image: host\ncommand: [/bin/sh, -c, \"trap 'exit 0' TERM; sleep infinity & wait\"]\n";

  /** Changes a repository that was good. */
  @FunctionalInterface
  public interface Maker {
    /** Makes the change. */
    void make(HostileRepository repository);
  }

  /** A repository that is not as it should be. */
  static Attack refused(
      String id, String source, String what, String expected, String names, Maker maker) {
    return new Attack(id, source, what, expected, names, maker, "", "");
  }

  /** A repository that is taken as it is. */
  static Attack inert(String id, String source, String what, String check, Maker maker) {
    return new Attack(id, source, what, INERT, check, maker, "", "");
  }

  /** A bare repository that was tampered with. */
  static Attack store(
      String id, String source, String what, String expected, String names, String plant) {
    return new Attack(id, source, what, expected, names, _ -> {}, plant, "");
  }

  /** A server that was. */
  static Attack server(String id, String source, String what, String expected, String names) {
    return new Attack(
        id, source, what, expected, names, _ -> {}, "", "http://127.0.0.1:8901/" + id + ".git");
  }

  /** What every repository has before it is changed. */
  static String metadata(String id, String resources) {
    return "{\"tenant\": {\"id\": \""
        + id
        + "\", \"type\": \"container\"},\n \"resources\": {"
        + resources
        + "}}\n";
  }

  /** The least a tenant may ask for. */
  public static final String LITTLE = "\"cpu\": 0.1, \"memory\": \"16M\", \"storage\": \"16M\"";

  /** Whether it is to be accepted. */
  public boolean isInert() {
    return expected.equals(INERT);
  }
}
