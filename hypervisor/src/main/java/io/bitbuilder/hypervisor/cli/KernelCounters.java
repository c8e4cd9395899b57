package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.network.Ways.Count;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the kernel counted for each rule of our chains, as nft(8) lists it. */
final class KernelCounters {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private KernelCounters() {}

  /**
   * Reads chains, one by one: the whole table is that of all tenants.
   *
   * @param notes takes why something could not be read
   */
  static Map<String, List<Count>> read(
      Collection<String> chains, Commands commands, List<String> notes) {
    Map<String, List<Count>> counts = new LinkedHashMap<>();
    for (String chain : chains) {
      try {
        Commands.Result result =
            commands.run(
                List.of("nft", "--json", "list", "chain", "inet", "bitbuilder", chain), LIMIT);
        if (!result.ok()) {
          notes.add("counters: nft: " + firstLine(result.err()));
          return counts;
        }
        counts.put(chain, counts(result.out()));
      } catch (IOException | IllegalArgumentException e) {
        notes.add("counters: " + Quote.escape(String.valueOf(e.getMessage()), 400));
        return counts;
      }
    }
    return counts;
  }

  private static String firstLine(String text) {
    return Quote.escape(text.lines().findFirst().orElse("no answer"), 400);
  }

  /** One for each rule; nothing for those that do not count (libnftables-json(5)). */
  private static List<Count> counts(String json) {
    List<Count> counts = new ArrayList<>();
    for (Object item : list(Json.parseObject(json).get("nftables"))) {
      if (item instanceof Map<?, ?> object && object.get("rule") instanceof Map<?, ?> rule) {
        Count count = Count.ZERO;
        for (Object expression : list(rule.get("expr"))) {
          if (expression instanceof Map<?, ?> one && one.get("counter") instanceof Map<?, ?> it) {
            count = new Count(number(it.get("packets")), number(it.get("bytes")));
          }
        }
        counts.add(count);
      }
    }
    return counts;
  }

  private static List<?> list(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private static long number(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof Long number ? number : 0;
  }
}
