package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Packets of ordinary programs between the guests of two tenants, their host, and two namespaces
 * beyond it, each with the question about it.
 */
final class Talk {
  private final Site site;

  Talk(Site site) {
    this.site = site;
  }

  /** talk.py, which sends and answers. */
  static String script() {
    return resource("talk.py");
  }

  /** A script that stands beside the tests. */
  static String resource(String name) {
    try (InputStream in = Talk.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not among the test's resources");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Who sends: how trace is told, and where a shell line has to run. */
  record Sender(String name, String six, List<String> shell) {
    boolean isGuest() {
      return shell.size() == 2;
    }
  }

  /** To whom: how trace is told, and the address. */
  private record Receiver(String name, String address, boolean six) {}

  private String address(String tenant, String container, boolean six) {
    return site.container(tenant, container).at(six ? "address6" : "address").text();
  }

  List<Sender> senders() {
    List<Sender> senders = new ArrayList<>();
    for (String name : new String[] {"web", "peer", "db", "replica", "lone"}) {
      senders.add(new Sender(name, name, List.of("acme", name)));
    }
    senders.add(new Sender("globex/spy", "globex/spy", List.of("globex", "spy")));
    senders.add(new Sender("203.0.113.2", "2001:db8::2", List.of("ip netns exec outside ")));
    senders.add(new Sender("198.51.100.2", "", List.of("ip netns exec beside ")));
    senders.add(new Sender("host", "host", List.of("")));
    return senders;
  }

  private List<Receiver> receivers(Sender sender) {
    List<Receiver> receivers = new ArrayList<>();
    for (boolean six : new boolean[] {false, true}) {
      for (String name : new String[] {"web", "peer", "db", "replica", "lone", "mate"}) {
        String address = address("acme", name, six);
        // By name and by address: it has to be the same.
        receivers.add(new Receiver(six ? address : name, address, six));
      }
      receivers.add(new Receiver("globex/spy", address("globex", "spy", six), six));
      for (String address :
          six
              ? new String[] {"2001:db8::2", "2001:db8::66"}
              : new String[] {"203.0.113.2", "203.0.113.66", "198.51.100.2"}) {
        receivers.add(new Receiver(address, address, six));
      }
    }
    boolean beyond = !sender.isGuest();
    receivers.removeIf(to ->
        to.name().equals(sender.name())
            || to.address().equals(address(sender, to.six()))
            // A namespace's own addresses, and whom it has no way to, are none of the host's
            // affair.
            || (beyond && !sender.name().equals("host") && isBeyond(to.address()))
            || (to.six() && sender.six().isEmpty()));
    return receivers;
  }

  private String address(Sender sender, boolean six) {
    return sender.isGuest()
        ? address(sender.shell().getFirst(), sender.shell().getLast(), six)
        : six ? sender.six() : sender.name();
  }

  private static boolean isBeyond(String address) {
    return address.startsWith("203.0.113.")
        || address.startsWith("2001:db8::")
        || address.startsWith("198.51.100.");
  }

  /** A question, and the line that asks it with a packet. */
  record Cell(Traces.Question question, String line) {}

  private static Cell cell(Sender from, String to, String address, String kind, int port) {
    boolean six = address.indexOf(':') >= 0;
    return new Cell(
        new Traces.Question(six ? from.six() : from.name(), to, kind, port, six),
        kind + " " + address + " " + port);
  }

  List<Cell> cells(Sender from) {
    List<Cell> cells = new ArrayList<>();
    for (Receiver to : receivers(from)) {
      cells.add(cell(from, to.name(), to.address(), "tcp", 8000));
      cells.add(cell(from, to.name(), to.address(), "tcp", 8001));
      cells.add(cell(from, to.name(), to.address(), "udp", 8053));
      cells.add(cell(from, to.name(), to.address(), "icmp", 0));
    }
    // The host, at its address outside and at those it has in the networks.
    for (String address : new String[] {"203.0.113.1", "2001:db8::1"}) {
      if (from.six().isEmpty()) {
        continue;
      }
      for (int port : new int[] {8080, 8081, 9999}) {
        cells.add(cell(from, "host", address, "tcp", port));
      }
      cells.add(cell(from, "host", address, "udp", 8053));
      cells.add(cell(from, address, address, "icmp", 0));
    }
    for (boolean six : new boolean[] {false, true}) {
      String front = gateway("front", six);
      String back = gateway("back", six);
      if (from.name().equals("host") || (six && from.six().isEmpty())) {
        continue;
      }
      for (String gateway : new String[] {front, back}) {
        cells.add(cell(from, gateway, gateway, "tcp", 53));
        cells.add(cell(from, gateway, gateway, "udp", 53));
        cells.add(cell(from, gateway, gateway, "tcp", 9999));
        cells.add(cell(from, gateway, gateway, "icmp", 0));
      }
    }
    return cells;
  }

  private String gateway(String network, boolean six) {
    String address =
        site.json("network", "acme")
            .at("networks")
            .where("name", network)
            .at(six ? "address6" : "address")
            .text();
    return address.substring(0, address.indexOf('/'));
  }

  List<Boolean> send(Sender from, List<Cell> cells) {
    StringBuilder lines = new StringBuilder();
    cells.forEach(cell -> lines.append(cell.line()).append('\n'));
    List<String> shell = from.shell();
    String said =
        from.isGuest()
            ? site.within(
                shell.getFirst(),
                shell.getLast(),
                "printf '%s' \"$1\" | python3 /srv/talk.py ask",
                lines.toString())
            : site.host()
                .sh(
                    "printf '%s' \"$1\" | " + shell.getFirst() + "python3 /srv/talk.py ask",
                    lines.toString());
    List<Boolean> arrived = said.lines().map("yes"::equals).toList();
    assertThat(arrived).hasSameSizeAs(cells);
    return arrived;
  }
}
