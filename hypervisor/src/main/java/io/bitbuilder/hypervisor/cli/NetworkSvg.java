package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.cli.NetworkBoxes.Box;
import io.bitbuilder.hypervisor.cli.NetworkBoxes.Join;
import io.bitbuilder.hypervisor.cli.NetworkBoxes.Line;
import io.bitbuilder.hypervisor.cli.NetworkBoxes.Mark;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Networks as a picture (SVG 1.1): the outside on the left, a box of lines for each network on the
 * right of it. A line that leads outside or comes from there has an arrow on its left, one that
 * leads to another network an arrow on its right. There is nothing in it but shapes and text.
 */
final class NetworkSvg {
  private static final int LINE = 20;
  private static final int MARGIN = 20;
  private static final int PADDING = 12;
  private static final int OUTSIDE = 130;
  private static final int ARROW = 70;
  private static final int LANE = 14;
  private static final int TIP = 8;

  /** Where boxes begin: below the title. */
  private static final int TOP = MARGIN + 2 * LINE;

  private static final int LEFT = MARGIN + OUTSIDE + ARROW;

  /** Of a letter of 12 pixels in a font of fixed width. */
  private static final double LETTER = 7.3;

  private static final int TEXT_LIMIT = 160;

  private final List<Placed> placed = new ArrayList<>();
  private final List<String> rules;
  private final String title;
  private final String uplinks;
  private final int width;
  private final int bottom;
  private final StringBuilder out = new StringBuilder();

  /** A box and where it is. */
  private record Placed(Box box, int top) {
    int height() {
      return box.lines().size() * LINE + PADDING;
    }

    int middle(int line) {
      return top + PADDING / 2 + line * LINE + LINE / 2;
    }
  }

  private NetworkSvg(NetworkBoxes boxes, List<String> uplinks) {
    this.title = boxes.title();
    this.rules = boxes.rules().stream().map(NetworkSvg::shown).toList();
    this.uplinks = uplinks.isEmpty() ? "no uplink" : String.join(" ", uplinks);
    int top = TOP;
    int widest = 0;
    for (Box box : boxes.boxes()) {
      Placed one = new Placed(box, top);
      placed.add(one);
      top += one.height() + LINE;
      for (Line line : box.lines()) {
        widest = Math.max(widest, length(shown(line.text())));
      }
    }
    this.width = widest + 2 * PADDING + LINE;
    this.bottom = placed.isEmpty() ? TOP + 3 * LINE : top - LINE;
  }

  static String of(List<NetworkView> views, List<String> uplinks) {
    NetworkSvg svg = new NetworkSvg(new NetworkBoxes(views), uplinks);
    svg.draw();
    return svg.out.toString();
  }

  /** As it can be written: on one line, and not without end. */
  private static String shown(String text) {
    return Quote.escape(text, TEXT_LIMIT);
  }

  /** How wide text is at most; letters of East Asia take two places. */
  private static int length(String text) {
    long places = text.codePoints().map(c -> c < 0x1100 ? 1 : 2).sum();
    return (int) Math.ceil(places * LETTER);
  }

  private void draw() {
    long lanes =
        placed.stream()
            .flatMap(one -> one.box().lines().stream())
            .filter(line -> line.join() == Join.ACROSS)
            .count();
    int right = LEFT + width + ((int) lanes + 1) * LANE + MARGIN;
    for (String rule : rules) {
      right = Math.max(right, 2 * MARGIN + length(rule));
    }
    int height = bottom + (rules.isEmpty() ? 0 : (rules.size() + 1) * LINE) + MARGIN;
    head(Math.max(right, 2 * MARGIN + length(title) * 2), height);
    rectangle(MARGIN, TOP, OUTSIDE, bottom - TOP, "#f5f0e1");
    text(MARGIN + PADDING, TOP + LINE, "outside", true);
    text(MARGIN + PADDING, TOP + 2 * LINE, Quote.escape(uplinks, 14), false);
    placed.forEach(this::box);
    arrows();
    int y = bottom + LINE + LINE / 2;
    for (String rule : rules) {
      text(MARGIN, y, rule, false);
      y += LINE;
    }
    line("</svg>");
  }

  private void head(int right, int height) {
    line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    line(
        ("<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" height=\"%d\""
                + " viewBox=\"0 0 %d %d\" font-family=\"monospace\" font-size=\"12\">")
            .formatted(right, height, right, height));
    line("<title>" + escaped(title) + "</title>");
    line("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>".formatted(right, height));
    text(MARGIN, MARGIN + LINE / 2, title, true);
  }

  private void box(Placed one) {
    rectangle(LEFT, one.top(), width, one.height(), "#eaf1fb");
    int number = 0;
    for (Line line : one.box().lines()) {
      int y = one.middle(number++);
      if (line.mark() == Mark.WELL || line.mark() == Mark.ILL) {
        line(
            "<circle cx=\"%d\" cy=\"%d\" r=\"4\" fill=\"%s\"/>"
                .formatted(
                    LEFT + PADDING + 4, y, line.mark() == Mark.WELL ? "#2e7d32" : "#c62828"));
      }
      text(LEFT + PADDING + LINE, y, shown(line.text()), line.mark() == Mark.TITLE);
    }
  }

  private void arrows() {
    Map<String, Placed> byKey = new HashMap<>();
    placed.forEach(one -> byKey.put(one.box().key(), one));
    int lane = LEFT + width + LANE;
    for (Placed one : placed) {
      for (int i = 0; i < one.box().lines().size(); i++) {
        Line line = one.box().lines().get(i);
        int y = one.middle(i);
        int outside = MARGIN + OUTSIDE;
        switch (line.join()) {
          case NOTHING -> {}
          case OUT -> {
            path("M%d %d H%d".formatted(LEFT, y, outside + TIP));
            tip(outside, y, TIP);
          }
          case IN -> {
            path("M%d %d H%d".formatted(outside, y, LEFT - TIP));
            tip(LEFT, y, -TIP);
          }
          case ACROSS -> {
            Placed to = byKey.get(line.across());
            if (to != null) {
              int side = LEFT + width;
              path("M%d %d H%d V%d H%d".formatted(side, y, lane, to.middle(0), side + TIP));
              tip(side, to.middle(0), TIP);
              lane += LANE;
            }
          }
        }
      }
    }
  }

  private void path(String path) {
    line("<path d=\"" + path + "\" fill=\"none\" stroke=\"#37474f\" stroke-width=\"1.2\"/>");
  }

  /** The tip of an arrow; it comes from where {@code back} leads. */
  private void tip(int x, int y, int back) {
    line(
        "<path d=\"M%d %d L%d %d L%d %d Z\" fill=\"#37474f\"/>"
            .formatted(x, y, x + back, y - 4, x + back, y + 4));
  }

  private void rectangle(int x, int y, int wide, int high, String colour) {
    line(
        ("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"%s\""
                + " stroke=\"#78909c\"/>")
            .formatted(x, y, wide, high, colour));
  }

  private void text(int x, int y, String text, boolean bold) {
    line(
        "<text x=\"%d\" y=\"%d\"%s xml:space=\"preserve\">%s</text>"
            .formatted(x, y + 4, bold ? " font-weight=\"bold\"" : "", escaped(text)));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
