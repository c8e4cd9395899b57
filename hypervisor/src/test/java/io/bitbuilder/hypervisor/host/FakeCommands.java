package io.bitbuilder.hypervisor.host;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Answers command lines by how they begin, and writes down what was asked and given. */
final class FakeCommands implements Commands {
  final List<String> asked = new ArrayList<>();
  final List<String> inputs = new ArrayList<>();
  private final Map<String, Result> answers = new LinkedHashMap<>();

  FakeCommands answer(String beginning, int exit, String out, String err) {
    answers.put(beginning, new Result(exit, out, err, false));
    return this;
  }

  @Override
  public Result run(List<String> words, String input, Duration limit) {
    String line = String.join(" ", words);
    asked.add(line);
    inputs.add(input);
    return answers.entrySet().stream()
        .filter(answer -> line.startsWith(answer.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(new Result(0, "", "", false));
  }

  @Override
  public int interactive(List<String> words) {
    asked.add(String.join(" ", words));
    return 0;
  }
}
