package io.bitbuilder.hypervisor.cli;

import java.util.List;

/**
 * All that is known of a verb before it runs: parsing, help, man page and completion are made from
 * it.
 *
 * @param name what is typed
 * @param summary one line, without a final stop
 * @param description paragraphs
 * @param words the positional arguments, in order
 * @param options beside those every verb has
 * @param examples whole command lines
 * @param group under which heading the verb is listed
 * @param forms its synopses, when one made of the words would not tell
 */
record Declaration(
    String name,
    String summary,
    List<String> description,
    List<Word> words,
    List<Option> options,
    List<Example> examples,
    Group group,
    List<String> forms) {
  /** What every verb takes. */
  static final List<Option> COMMON =
      List.of(
          Option.flag("json", "", "print JSON for programs instead of text for people"),
          Option.value(
              "color",
              "WHEN",
              "use colours: always, never, or auto (on a terminal, unless NO_COLOR is set)"),
          Option.flag("help", "h", "print help"));

  /** For tests: the directory the host's files are under. Not shown. */
  static final Option ROOT = Option.value("root", "DIR", "directory the host's files are under");

  Declaration {
    description = List.copyOf(description);
    words = List.copyOf(words);
    options = List.copyOf(options);
    examples = List.copyOf(examples);
    forms = List.copyOf(forms);
  }

  /** One whose synopsis follows from its words. */
  Declaration(
      String name,
      String summary,
      List<String> description,
      List<Word> words,
      List<Option> options,
      List<Example> examples,
      Group group) {
    this(name, summary, description, words, options, examples, group, List.of());
  }

  /** Headings of the list of verbs. */
  enum Group {
    LOOK("Look"),
    CHANGE("Change"),
    WRITE("Write repositories"),
    UNITS("Run by units"),
    ABOUT("About");

    private final String heading;

    Group(String heading) {
      this.heading = heading;
    }

    String heading() {
      return heading;
    }
  }

  /** What a positional argument names, for completion. */
  enum Kind {
    TENANT,
    /** Or the word {@code trace}. */
    TENANT_OR_TRACE,
    REMOVED_TENANT,
    CONTAINER,
    TENANT_OR_CONTAINER,
    FILE,
    DIRECTORY,
    NUMBER,
    CHOICE,
    COMMAND
  }

  /**
   * A positional argument.
   *
   * @param label in capitals
   * @param required whether it must be given
   * @param repeated whether it takes all that follows; only the last one may
   * @param choices the words it may be, for {@link Kind#CHOICE}
   */
  record Word(
      String label,
      Kind kind,
      boolean required,
      boolean repeated,
      List<String> choices,
      String help) {
    static Word required(String label, Kind kind, String help) {
      return new Word(label, kind, true, false, List.of(), help);
    }

    static Word optional(String label, Kind kind, String help) {
      return new Word(label, kind, false, false, List.of(), help);
    }

    static Word choice(String label, List<String> choices, String help) {
      return new Word(label, Kind.CHOICE, true, false, choices, help);
    }

    static Word rest(String label, String help) {
      return new Word(label, Kind.COMMAND, false, true, List.of(), help);
    }

    /** As a synopsis shows it. */
    String synopsis() {
      String text = repeated ? label + "..." : label;
      return required ? text : "[" + text + "]";
    }
  }

  /**
   * An option.
   *
   * @param name its long name without dashes
   * @param letter its short name, or empty
   * @param value what its value is called, in capitals; empty for a flag
   * @param repeated whether it may be given more than once
   */
  record Option(String name, String letter, String value, String help, boolean repeated) {
    static Option flag(String name, String letter, String help) {
      return new Option(name, letter, "", help, false);
    }

    static Option value(String name, String value, String help) {
      return new Option(name, "", value, help, false);
    }

    static Option values(String name, String value, String help) {
      return new Option(name, "", value, help, true);
    }

    boolean isFlag() {
      return value.isEmpty();
    }

    /** As help shows it. */
    String synopsis() {
      String text = letter.isEmpty() ? "--" + name : "-" + letter + ", --" + name;
      return isFlag() ? text : text + "=" + value;
    }
  }

  /** A command line and what it does. */
  record Example(String line, String what) {}

  /** The synopses after {@code bitbuilder}: one, or one for each form. */
  List<String> synopses() {
    return forms.isEmpty() ? List.of(synopsis()) : forms;
  }

  private String synopsis() {
    StringBuilder text = new StringBuilder(name).append(" [OPTION...]");
    boolean command = false;
    for (Word word : words) {
      command |= word.kind() == Kind.COMMAND;
      text.append(' ').append(command ? "[-- " + word.label() + "...]" : word.synopsis());
    }
    return text.toString();
  }

  /** Whether the verb does something without any argument. */
  boolean runsAlone() {
    return words.stream().noneMatch(Word::required);
  }
}
