package io.bitbuilder.hypervisor.cli;

import java.util.ArrayList;
import java.util.List;

/** A line of a tree and the lines below it. Whoever makes one has escaped its text. */
final class Branch {
  private final String text;
  private final List<Branch> below = new ArrayList<>();

  Branch(String text) {
    this.text = text;
  }

  /** Adds a line below. */
  Branch add(String line) {
    Branch branch = new Branch(line);
    below.add(branch);
    return branch;
  }

  /** Writes all of it. */
  void print(Output output) {
    output.line(text);
    print("", output);
  }

  private void print(String margin, Output output) {
    for (int i = 0; i < below.size(); i++) {
      boolean last = i == below.size() - 1;
      Branch branch = below.get(i);
      output.line(margin + (last ? "└─ " : "├─ ") + branch.text);
      branch.print(margin + (last ? "   " : "│  "), output);
    }
  }
}
