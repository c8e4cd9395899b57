package io.bitbuilder.hypervisor.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code bitbuilder version}. */
final class VersionVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "version",
        "print the version",
        List.of("Prints the version of this program and, with --json, of the Java it runs on."),
        List.of(),
        List.of(),
        List.of(new Declaration.Example("bitbuilder version --json", "the same for programs")),
        Declaration.Group.ABOUT);
  }

  @Override
  public int run(Arguments arguments, Context context) {
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("version", context.version());
      value.put("java", System.getProperty("java.version", ""));
      context.output().json(value);
    } else {
      context.output().line("bitbuilder " + context.version());
    }
    return ExitStatus.DONE;
  }
}
