package io.bitbuilder.hypervisor.diagnostic;

import java.util.List;

/**
 * One finding. It says what is wrong; only {@code help} says what to do.
 *
 * @param code the stable code, with a page under docs/reference/errors
 * @param message what is wrong, lower case, no final stop, untrusted text escaped with {@link
 *     Quote#quote}
 * @param location where it is
 * @param expected what would have been accepted, or empty
 * @param help an edit or a command that mends it, or empty
 * @param notes other places or numbers that belong to it
 */
public record Diagnostic(
    Code code, String message, Location location, String expected, String help, List<Note> notes) {
  public Diagnostic {
    notes = List.copyOf(notes);
  }

  /** How bad it is. */
  public Severity severity() {
    return code.severity();
  }

  /** A further sentence, possibly with a place of its own (its path empty when it has none). */
  public record Note(String message, Location location) {}

  /** The same finding with one more note. */
  public Diagnostic withNote(String text, Location at) {
    List<Note> more = new java.util.ArrayList<>(notes);
    more.add(new Note(text, at));
    return new Diagnostic(code, message, location, expected, help, more);
  }
}
