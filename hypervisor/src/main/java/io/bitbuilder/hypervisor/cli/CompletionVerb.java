package io.bitbuilder.hypervisor.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code bitbuilder completion}: the completion script of a shell. */
final class CompletionVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "completion",
        "print the completion script of a shell",
        List.of(
            "The package installs the script of bash; elsewhere, write it to a file that bash"
                + " sources."),
        List.of(Declaration.Word.choice("SHELL", List.of("bash"), "the shell")),
        List.of(),
        List.of(
            new Declaration.Example(
                "source <(bitbuilder completion bash)", "for the running shell")),
        Declaration.Group.ABOUT);
  }

  @Override
  public int run(Arguments arguments, Context context) {
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("shell", arguments.word(0).orElseThrow());
      value.put("script", Completion.bash());
      context.output().json(value);
    } else {
      context.output().out().print(Completion.bash());
    }
    return ExitStatus.DONE;
  }
}
