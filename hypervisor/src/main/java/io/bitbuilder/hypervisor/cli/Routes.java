package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.model.AddressRange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which way the kernel would send a packet (ip-route(8), {@code ip route get}). */
final class Routes {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Commands commands;
  private final Map<List<String>, Route> known = new HashMap<>();

  Routes(Commands commands) {
    this.commands = commands;
  }

  /** Where a packet goes. */
  sealed interface Route {
    /** To the host itself. */
    record Here() implements Route {}

    /** Out of an interface. */
    record Out(String link) implements Route {}

    /** Nowhere. */
    record None() implements Route {}
  }

  /** For packets of the host's own. */
  Route to(AddressRange address) throws IOException {
    return ask(List.of(address.toString()));
  }

  /** For packets that come in at a network. */
  Route through(String bridge, AddressRange from, AddressRange to) throws IOException {
    Route route = ask(List.of(to.toString(), "from", from.toString(), "iif", bridge));
    // Where nothing is forwarded from there is no answer; what the host would do tells as much.
    return route instanceof Route.None ? to(to) : route;
  }

  /** For packets on one link alone. */
  Route on(String bridge, AddressRange to) throws IOException {
    return ask(List.of(to.toString(), "oif", bridge));
  }

  private Route ask(List<String> question) throws IOException {
    Route before = known.get(question);
    if (before != null) {
      return before;
    }
    List<String> command = new ArrayList<>(List.of("ip", "-json", "route", "get"));
    command.addAll(question);
    Commands.Result result = commands.run(command, LIMIT);
    Route route = result.ok() ? route(result.out()).orElse(new Route.None()) : new Route.None();
    known.put(question, route);
    return route;
  }

  private static Optional<Route> route(String json) throws IOException {
    try {
      if (Json.parse(json) instanceof List<?> list
          && !list.isEmpty()
          && list.getFirst() instanceof Map<?, ?> route) {
        boolean unicast = !route.containsKey("type") || "unicast".equals(route.get("type"));
        return "local".equals(route.get("type"))
            ? Optional.of(new Route.Here())
            : unicast && route.get("dev") instanceof String link
                ? Optional.of(new Route.Out(link))
                : Optional.empty();
      }
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new IOException("ip route get: " + e.getMessage(), e);
    }
  }
}
