package io.bitbuilder.hypervisor.diagnostic;

/**
 * A place in a text file.
 *
 * @param line one-based line
 * @param column one-based column, counted in Unicode code points
 * @param length how many code points to underline, at least 1
 */
public record Span(int line, int column, int length) implements Comparable<Span> {
  /** The start of a file, for findings about the file as a whole. */
  public static final Span START = new Span(1, 1, 1);

  public Span {
    if (line < 1 || column < 1 || length < 1) {
      throw new IllegalArgumentException("not a span: " + line + ":" + column + "+" + length);
    }
  }

  @Override
  public int compareTo(Span other) {
    int byLine = Integer.compare(line, other.line);
    return byLine != 0 ? byLine : Integer.compare(column, other.column);
  }
}
