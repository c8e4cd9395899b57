package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.network.Topology;
import io.bitbuilder.hypervisor.network.Ways;
import java.util.List;

/** Networks in the language of Graphviz (https://graphviz.org/doc/info/lang.html). */
final class NetworkDot {
  private final List<NetworkView> views;
  private final List<String> uplinks;
  private final StringBuilder out = new StringBuilder();

  private NetworkDot(List<NetworkView> views, List<String> uplinks) {
    this.views = views;
    this.uplinks = uplinks;
  }

  static String of(List<NetworkView> views, List<String> uplinks) {
    NetworkDot dot = new NetworkDot(views, uplinks);
    dot.draw();
    return dot.out.toString();
  }

  private void draw() {
    line("digraph networks {");
    line("  rankdir=LR;");
    line("  node [shape=box, fontname=\"monospace\", fontsize=10];");
    line("  edge [fontname=\"monospace\", fontsize=9];");
    line("  outside [shape=ellipse, label=" + label("outside", String.join(" ", uplinks)) + "];");
    for (int i = 0; i < views.size(); i++) {
      tenant(i, views.get(i));
    }
    line("}");
  }

  private void tenant(int number, NetworkView view) {
    line("  subgraph cluster_" + number + " {");
    line("    label=" + label(view.tenant().id().value()) + ";");
    for (int i = 0; i < view.networks().size(); i++) {
      NetworkView.Net network = view.networks().get(i);
      Topology.Net net = network.net();
      line(
          "    "
              + node(number, i)
              + " [style=filled, fillcolor=\"#dde7f3\", label="
              + label("network " + network.name(), net.mode().word(), net.address(), net.address6())
              + "];");
      for (int j = 0; j < network.members().size(); j++) {
        NetworkView.Member member = network.members().get(j);
        line(
            "    "
                + guest(number, i, j)
                + " [label="
                + label(
                    member.name(),
                    member.resource().kind().word() + " " + member.state(),
                    member.resource().address(),
                    member.resource().port().address6())
                + "];");
        line("    " + node(number, i) + " -> " + guest(number, i, j) + " [dir=none];");
      }
    }
    line("  }");
    edges(number, view);
  }

  private void edges(int number, NetworkView view) {
    for (Ways.Way way : view.ways().all()) {
      if (way.from().equals(way.to()) || !way.open()) {
        continue;
      }
      String from = way.from().isEmpty() ? "outside" : named(number, view, way.from());
      String to = way.to().isEmpty() ? "outside" : named(number, view, way.to());
      line("  " + from + " -> " + to + " [label=" + label(NetworkTree.sentence(way)) + "];");
    }
    for (int i = 0; i < view.networks().size(); i++) {
      List<NetworkView.Member> members = view.networks().get(i).members();
      for (int j = 0; j < members.size(); j++) {
        for (Ways.Port port : view.ways().ports()) {
          if (port.address().equals(members.get(j).resource().address())) {
            line(
                "  outside -> "
                    + guest(number, i, j)
                    + " [label="
                    + label(port.host() + "/" + port.protocol() + " to " + port.guest())
                    + "];");
          }
        }
      }
    }
  }

  private static String named(int number, NetworkView view, String name) {
    for (int i = 0; i < view.networks().size(); i++) {
      if (view.networks().get(i).name().equals(name)) {
        return node(number, i);
      }
    }
    return label(name);
  }

  private static String node(int tenant, int network) {
    return "n" + tenant + "_" + network;
  }

  private static String guest(int tenant, int network, int member) {
    return "g" + tenant + "_" + network + "_" + member;
  }

  /** A quoted string of several lines. */
  private static String label(String... lines) {
    StringBuilder text = new StringBuilder("\"");
    for (String line : lines) {
      if (!line.isEmpty()) {
        text.append(text.length() == 1 ? "" : "\\n")
            .append(Quote.escape(line, 200).replace("\\", "\\\\").replace("\"", "\\\""));
      }
    }
    return text.append('"').toString();
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
