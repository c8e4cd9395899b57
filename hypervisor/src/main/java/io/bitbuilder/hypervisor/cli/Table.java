package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.util.ArrayList;
import java.util.List;

/** Columns of text, as wide as they must be. Every cell is escaped. */
final class Table {
  private static final int LIMIT = 400;
  private static final String GAP = "  ";

  private final List<List<Cell>> rows = new ArrayList<>();

  /** A piece of text and how it looks. */
  record Cell(String text, Output.Style style) {
    Cell {
      text = Quote.escape(text, LIMIT);
    }

    Cell(String text) {
      this(text, Output.Style.PLAIN);
    }

    int width() {
      return text.codePointCount(0, text.length());
    }
  }

  /** With a row of headings, or with none. */
  Table(String... headings) {
    List<Cell> row = new ArrayList<>();
    for (String heading : headings) {
      row.add(new Cell(heading, Output.Style.BOLD));
    }
    if (!row.isEmpty()) {
      rows.add(row);
    }
  }

  /** Adds a row of as many cells as there are headings. */
  void row(Cell... cells) {
    rows.add(List.of(cells));
  }

  /** Adds a row of plain texts. */
  void row(String... cells) {
    List<Cell> row = new ArrayList<>();
    for (String cell : cells) {
      row.add(new Cell(cell));
    }
    rows.add(row);
  }

  /** Writes all rows; the last column is as long as it likes. */
  void print(Output output) {
    int[] widths = new int[rows.isEmpty() ? 0 : rows.getFirst().size()];
    for (List<Cell> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).width());
      }
    }
    for (List<Cell> row : rows) {
      StringBuilder line = new StringBuilder();
      int owed = 0;
      for (int i = 0; i < row.size(); i++) {
        Cell cell = row.get(i);
        if (cell.width() > 0) {
          line.repeat(' ', owed).append(output.paint(cell.text(), cell.style()));
          owed = 0;
        }
        owed += widths[i] - cell.width() + GAP.length();
      }
      output.line(line.toString());
    }
  }
}
