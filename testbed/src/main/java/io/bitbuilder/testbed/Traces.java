package io.bitbuilder.testbed;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What {@code bitbuilder network trace} says of packets: many questions at once, for tests. */
public final class Traces {
  private static final String FILE = "/run/questions";

  private Traces() {}

  /**
   * A question.
   *
   * @param from as typed on the command line: a name, {@code TENANT/NAME}, an address and so on
   * @param to likewise, without a port
   * @param protocol tcp, udp or icmp
   * @param port of the receiver, 0 with icmp
   * @param six whether the packet is of IPv6
   */
  public record Question(String from, String to, String protocol, int port, boolean six) {
    private String line() {
      String receiver = to.indexOf(':') >= 0 && port > 0 ? "[" + to + "]" : to;
      return from
          + " "
          + receiver
          + (port > 0 ? ":" + port : "")
          + " "
          + protocol
          + (six ? " 6" : "");
    }
  }

  /**
   * What was said.
   *
   * @param kind what decides, as JSON has it: rule, policy, mode and so on
   * @param reason the same in words
   */
  public record Verdict(boolean passes, String kind, String reason) {}

  /** Asks all of them of one tenant; the answers are in the same order. */
  public static List<Verdict> ask(Site site, String tenant, List<Question> questions) {
    StringBuilder lines = new StringBuilder();
    questions.forEach(question -> lines.append(question.line()).append('\n'));
    site.host().write(FILE, lines.toString());
    Host.Output output =
        site.host().exec("bitbuilder", "network", "trace", tenant, "--questions=" + FILE, "--json");
    if (output.exit() != 0 && output.exit() != 6) {
      throw site.host().failure("`bitbuilder network trace` exited with " + output);
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (Json answer : Json.parse(output.text()).at("answers").list()) {
      verdicts.add(
          new Verdict(
              Objects.equals(answer.at("passes").value(), true),
              answer.at("decidedBy", "kind").text(),
              answer.at("decidedBy", "text").text()));
    }
    if (verdicts.size() != questions.size()) {
      throw site.host().failure(questions.size() + " questions, " + verdicts.size() + " answers");
    }
    return verdicts;
  }
}
