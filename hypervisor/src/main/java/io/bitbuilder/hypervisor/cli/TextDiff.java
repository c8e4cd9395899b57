package io.bitbuilder.hypervisor.cli;

import java.util.ArrayList;
import java.util.List;

/** The difference of two texts, in the unified format of diff(1). */
final class TextDiff {
  private static final int CONTEXT = 3;

  /** Cells of the table below; larger texts are shown as a whole, one after the other. */
  private static final int LIMIT = 4 << 20;

  private TextDiff() {}

  /** Lines that begin with a space, {@code -}, {@code +} or {@code @}; none when all is equal. */
  static List<String> unified(List<String> before, List<String> after) {
    List<String> script = script(before, after);
    List<String> out = new ArrayList<>();
    int oldLine = 1;
    int newLine = 1;
    int at = 0;
    while (at < script.size()) {
      int change = nextChange(script, at);
      int start = Math.max(at, change - CONTEXT);
      oldLine += start - at;
      newLine += start - at;
      if (change == script.size()) {
        break;
      }
      at = hunkEnd(script, change);
      List<String> hunk = script.subList(start, at);
      int olds = (int) hunk.stream().filter(line -> line.charAt(0) != '+').count();
      int news = (int) hunk.stream().filter(line -> line.charAt(0) != '-').count();
      out.add("@@ -" + range(oldLine, olds) + " +" + range(newLine, news) + " @@");
      out.addAll(hunk);
      oldLine += olds;
      newLine += news;
    }
    return out;
  }

  private static int nextChange(List<String> script, int from) {
    int at = from;
    while (at < script.size() && script.get(at).charAt(0) == ' ') {
      at++;
    }
    return at;
  }

  /** Changes nearer to each other than twice the context share a hunk. */
  private static int hunkEnd(List<String> script, int change) {
    int last = change;
    for (int next = nextChange(script, change + 1);
        next < script.size() && next - last <= 2 * CONTEXT;
        next = nextChange(script, next + 1)) {
      last = next;
    }
    return Math.min(script.size(), last + 1 + CONTEXT);
  }

  /** An empty side counts from the line before it. */
  private static String range(int line, int count) {
    return count == 0 ? line - 1 + ",0" : count == 1 ? String.valueOf(line) : line + "," + count;
  }

  /** Kept, removed and added lines, as few changes as possible. */
  private static List<String> script(List<String> before, List<String> after) {
    List<String> script = new ArrayList<>();
    int i = 0;
    int j = 0;
    if ((long) before.size() * after.size() <= LIMIT) {
      int[][] common = common(before, after);
      while (i < before.size() && j < after.size()) {
        if (before.get(i).equals(after.get(j))) {
          script.add(" " + before.get(i++));
          j++;
        } else if (common[i + 1][j] >= common[i][j + 1]) {
          script.add("-" + before.get(i++));
        } else {
          script.add("+" + after.get(j++));
        }
      }
    }
    before.subList(i, before.size()).forEach(line -> script.add("-" + line));
    after.subList(j, after.size()).forEach(line -> script.add("+" + line));
    return script;
  }

  /** How many lines the rests from each pair of lines on have in common. */
  private static int[][] common(List<String> before, List<String> after) {
    int[][] common = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        common[i][j] =
            before.get(i).equals(after.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }
}
