package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.PortRange;
import java.util.List;

/**
 * One rule of a chain.
 *
 * @param matches all of them have to hold
 * @param counted whether the kernel counts what it fits
 * @param number that of the tenant's rule it comes from, or 0
 */
record NftRule(List<Match> matches, boolean counted, Verdict verdict, int number) {
  NftRule {
    matches = List.copyOf(matches);
  }

  /** What is asked of a packet that begins a connection. */
  sealed interface Match {
    /** Whether it comes from, or goes to, one of these. */
    record Addresses(boolean source, List<AddressRange> ranges) implements Match {
      public Addresses {
        ranges = List.copyOf(ranges);
      }
    }

    record Family(boolean six) implements Match {}

    record Protocols(List<Integer> numbers) implements Match {
      public Protocols {
        numbers = List.copyOf(numbers);
      }
    }

    record Ports(int protocol, List<PortRange> ranges) implements Match {
      public Ports {
        ranges = List.copyOf(ranges);
      }
    }

    /** It came to a published port. */
    record Redirected() implements Match {}

    /** It is the first of its connection. */
    record New() implements Match {}

    /** The tenant has more connections than this. */
    record TooMany(int limit) implements Match {}

    /** It asks for neighbours, or is an answer to such a question. */
    record Neighbours() implements Match {}
  }

  /** What happens to what it fits. */
  sealed interface Verdict {
    /** The next rule is tried. */
    record None() implements Verdict {}

    record Accept() implements Verdict {}

    record Drop() implements Verdict {}

    record Reject() implements Verdict {}

    /** Another chain is tried, and the next rule after it. */
    record Jump(String chain) implements Verdict {}
  }

  /** Whether it fits a packet. */
  boolean fits(Packet packet) {
    return matches.stream().allMatch(match -> holds(match, packet));
  }

  private static boolean holds(Match match, Packet packet) {
    return switch (match) {
      case Match.Addresses(boolean source, var ranges) ->
          ranges.stream().anyMatch(range -> range.contains(source ? packet.from() : packet.to()));
      case Match.Family(boolean six) -> packet.six() == six;
      case Match.Protocols(var numbers) -> numbers.contains(packet.number());
      case Match.Ports(int protocol, var ranges) ->
          protocol == packet.number()
              && ranges.stream().anyMatch(range -> range.contains(packet.port()));
      case Match.Redirected _ -> packet.redirected();
      case Match.New _ -> true;
      // How many there are is not a question of rules.
      case Match.TooMany _ -> false;
      case Match.Neighbours _ -> false;
    };
  }
}
