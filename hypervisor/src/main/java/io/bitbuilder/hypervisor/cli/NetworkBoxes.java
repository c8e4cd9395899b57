package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.network.Topology;
import io.bitbuilder.hypervisor.network.Ways;
import java.util.ArrayList;
import java.util.List;

/** Networks as boxes of lines, some of which are joined to the outside or to another box. */
final class NetworkBoxes {
  private final List<NetworkView> views;

  /** Those of these tenants. */
  NetworkBoxes(List<NetworkView> views) {
    this.views = List.copyOf(views);
  }

  /** What a line is joined to. */
  enum Join {
    NOTHING,
    /** Leads to the outside. */
    OUT,
    /** Comes from there. */
    IN,
    /** Leads to another box. */
    ACROSS
  }

  /** How a line is marked. */
  enum Mark {
    NONE,
    TITLE,
    /** A guest that is well. */
    WELL,
    /** One that is not. */
    ILL
  }

  /**
   * A line.
   *
   * @param across the key of the box it leads to, or empty
   */
  record Line(String text, Join join, String across, Mark mark) {
    static Line plain(String text) {
      return new Line(text, Join.NOTHING, "", Mark.NONE);
    }
  }

  /** A network. */
  record Box(String key, List<Line> lines) {
    Box {
      lines = List.copyOf(lines);
    }
  }

  /** In the order of tenants and networks. */
  List<Box> boxes() {
    List<Box> boxes = new ArrayList<>();
    for (NetworkView view : views) {
      for (NetworkView.Net network : view.networks()) {
        boxes.add(new Box(key(view, network.name()), lines(view, network)));
      }
    }
    return boxes;
  }

  private static String key(NetworkView view, String network) {
    return view.tenant().id() + "/" + network;
  }

  private List<Line> lines(NetworkView view, NetworkView.Net network) {
    Topology.Net net = network.net();
    String name = views.size() == 1 ? network.name() : key(view, network.name());
    List<Line> lines = new ArrayList<>();
    lines.add(new Line("network " + name + "  " + net.mode().word(), Join.NOTHING, "", Mark.TITLE));
    lines.add(Line.plain(net.address() + "  " + net.address6()));
    for (NetworkView.Member member : network.members()) {
      Mark mark = view.tenant().isWell(member.resource()) ? Mark.WELL : Mark.ILL;
      String text =
          String.join(
              "  ",
              member.name(),
              member.resource().address(),
              member.resource().port().address6(),
              member.state());
      lines.add(new Line(text, Join.NOTHING, "", mark));
      for (Ways.Port port : view.ways().ports()) {
        if (port.address().equals(member.resource().address())) {
          String leads =
              "port %d/%s leads to %s:%d"
                  .formatted(port.host(), port.protocol(), member.name(), port.guest());
          lines.add(new Line(leads, Join.IN, "", Mark.NONE));
        }
      }
    }
    for (Ways.Way way : view.ways().all()) {
      String begins = way.from().isEmpty() ? way.to() : way.from();
      if (begins.equals(network.name())) {
        lines.add(line(view, way));
      }
    }
    return lines;
  }

  private static Line line(NetworkView view, Ways.Way way) {
    String text = NetworkTree.sentence(way);
    if (way.from().equals(way.to()) || !way.open()) {
      return Line.plain(text);
    }
    Join join = way.from().isEmpty() ? Join.IN : way.to().isEmpty() ? Join.OUT : Join.ACROSS;
    return new Line(text, join, join == Join.ACROSS ? key(view, way.to()) : "", Mark.NONE);
  }

  /** The rules of the tenant, when it is one alone. */
  List<String> rules() {
    List<String> rules = new ArrayList<>();
    if (views.size() == 1) {
      for (Topology.Rule rule : views.getFirst().rules()) {
        rules.add(
            "rule "
                + (rules.size() + 1)
                + ": "
                + rule.sentence()
                + (rule.name().isEmpty() ? "" : "  \"" + rule.name() + "\""));
      }
    }
    return rules;
  }

  /** What it is a picture of. */
  String title() {
    return views.size() == 1
        ? "networks of tenant " + views.getFirst().tenant().id()
        : "networks of " + views.size() + " tenants";
  }
}
