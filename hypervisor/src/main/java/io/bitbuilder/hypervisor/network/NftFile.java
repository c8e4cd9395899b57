package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.PortRange;
import io.bitbuilder.hypervisor.network.NftRule.Match;
import io.bitbuilder.hypervisor.network.NftRule.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A {@code firewall.nft}, read back: what {@link Ruleset} writes and nothing else.
 *
 * @param elements the elements of each set and map, as they are written
 * @param chains the rules of each chain, in order
 */
record NftFile(SortedMap<String, List<String>> elements, SortedMap<String, List<NftRule>> chains) {
  private static final String INET = "inet bitbuilder ";
  private static final String ELEMENT = "add element ";
  private static final String CHAIN = "add chain " + INET;
  private static final String RULE = "add rule " + INET;

  /** Of bandwidth, which is no question of whether something may pass. */
  private static final String LIMIT = "add limit bridge bitbuilder ";

  NftFile {
    elements = Collections.unmodifiableSortedMap(new TreeMap<>(elements));
    chains = Collections.unmodifiableSortedMap(new TreeMap<>(chains));
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException when a line is none of ours; the message has its number
   */
  static NftFile parse(String text) {
    SortedMap<String, List<String>> elements = new TreeMap<>();
    SortedMap<String, List<NftRule>> chains = new TreeMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      try {
        if (line.startsWith(ELEMENT)) {
          element(line.substring(ELEMENT.length()), elements);
        } else if (line.startsWith(CHAIN)) {
          chains.putIfAbsent(line.substring(CHAIN.length()), new ArrayList<>());
        } else if (line.startsWith(RULE)) {
          rule(line.substring(RULE.length()), chains);
        } else if (!line.startsWith(LIMIT)) {
          throw new IllegalArgumentException("neither an element, nor a chain, nor a rule");
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
      }
    }
    return new NftFile(elements, chains);
  }

  /** The elements of a set or map of the family inet. */
  List<String> inet(String name) {
    return elements.getOrDefault(INET + name, List.of());
  }

  /** The elements of a set of the family bridge. */
  List<String> bridge(String name) {
    return elements.getOrDefault("bridge bitbuilder " + name, List.of());
  }

  private static void element(String line, SortedMap<String, List<String>> elements) {
    int open = line.indexOf(" { ");
    if (open < 0 || !line.endsWith(" }")) {
      throw new IllegalArgumentException("an element without braces");
    }
    String items = line.substring(open + 3, line.length() - 2);
    elements
        .computeIfAbsent(line.substring(0, open), _ -> new ArrayList<>())
        .addAll(List.of(items.split(", ", -1)));
  }

  private static void rule(String line, Map<String, List<NftRule>> chains) {
    Words words = new Words(line);
    List<NftRule> chain = chains.get(words.next());
    if (chain == null) {
      throw new IllegalArgumentException("a rule of a chain that is not there");
    }
    List<Match> matches = new ArrayList<>();
    Verdict verdict = new Verdict.None();
    boolean counted = false;
    int number = 0;
    while (words.more()) {
      String word = words.next();
      switch (word) {
        case "counter" -> counted = true;
        case "accept" -> verdict = new Verdict.Accept();
        case "drop" -> verdict = new Verdict.Drop();
        case "reject" -> {
          words.expect("with", "icmpx", "admin-prohibited");
          verdict = new Verdict.Reject();
        }
        case "jump" -> verdict = new Verdict.Jump(words.next());
        case "limit" -> words.expect("rate", "10/second", "burst", "20", "packets");
        case "log" -> {
          words.expect("prefix");
          words.text();
        }
        case "comment" -> number = Integer.parseInt(words.text());
        default -> matches.add(match(word, words));
      }
    }
    chain.add(new NftRule(matches, counted, verdict, number));
  }

  private static Match match(String first, Words words) {
    String of = words.next();
    return switch (first + " " + of) {
      case "ip saddr", "ip6 saddr" -> new Match.Addresses(true, ranges(words));
      case "ip daddr", "ip6 daddr" -> new Match.Addresses(false, ranges(words));
      case "meta nfproto" -> new Match.Family(words.next().equals("ipv6"));
      case "meta l4proto" ->
          new Match.Protocols(words.list().stream().map(Integer::valueOf).toList());
      case "tcp dport" -> new Match.Ports(6, ports(words));
      case "udp dport" -> new Match.Ports(17, ports(words));
      case "ct status" -> {
        words.expect("dnat");
        yield new Match.Redirected();
      }
      case "ct state" -> {
        words.expect("new");
        yield new Match.New();
      }
      case "ct count" -> {
        words.expect("over");
        yield new Match.TooMany(Integer.parseInt(words.next()));
      }
      case "icmpv6 type" -> {
        words.list();
        yield new Match.Neighbours();
      }
      default -> throw new IllegalArgumentException("an unknown match");
    };
  }

  private static List<AddressRange> ranges(Words words) {
    return words.list().stream()
        .map(text ->
            AddressRange.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("not an address")))
        .toList();
  }

  private static List<PortRange> ports(Words words) {
    return words.list().stream()
        .map(text -> {
          int dash = text.indexOf('-');
          int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
          int last = dash < 0 ? first : Integer.parseInt(text.substring(dash + 1));
          return new PortRange(first, last);
        })
        .toList();
  }

  /** The words of a line, one after the other. */
  private static final class Words {
    private final String[] words;
    private int at;

    Words(String line) {
      this.words = line.split(" ", -1);
    }

    boolean more() {
      return at < words.length;
    }

    String next() {
      if (!more()) {
        throw new IllegalArgumentException("it ends too soon");
      }
      return words[at++];
    }

    void expect(String... expected) {
      for (String word : expected) {
        if (!next().equals(word)) {
          throw new IllegalArgumentException("not as we write it");
        }
      }
    }

    /** One item, or several in braces. */
    List<String> list() {
      String first = next();
      if (!first.equals("{")) {
        return List.of(first);
      }
      List<String> items = new ArrayList<>();
      for (String item = next(); !item.equals("}"); item = next()) {
        items.add(item.endsWith(",") ? item.substring(0, item.length() - 1) : item);
      }
      return items;
    }

    /** Words between quotes. */
    String text() {
      StringBuilder text = new StringBuilder(next());
      while (text.length() < 2 || text.charAt(text.length() - 1) != '"') {
        text.append(' ').append(next());
      }
      return text.substring(1, text.length() - 1);
    }
  }

  /** The elements of a map: what is on the left of each colon, and what on the right. */
  static Optional<String[]> entry(String element) {
    int colon = element.indexOf(" : ");
    return colon < 0
        ? Optional.empty()
        : Optional.of(new String[] {element.substring(0, colon), element.substring(colon + 3)});
  }
}
