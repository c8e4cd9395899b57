package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.network.NftRule.Match;
import io.bitbuilder.hypervisor.network.NftRule.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ways a tenant's packets may take, as they are applied, and what the kernel has counted there.
 *
 * @param all in order of where they begin
 * @param counts by number of the tenant's rule; without those that nothing was counted for
 * @param ports ports of the host that lead to guests, in order
 * @param changed chains whose rules in the kernel are not those that were applied
 */
public record Ways(
    List<Way> all, SortedMap<Integer, Count> counts, List<Port> ports, List<String> changed) {
  /** Those of a tenant that has no network. */
  public static final Ways NONE =
      new Ways(List.of(), Collections.emptySortedMap(), List.of(), List.of());

  public Ways {
    all = List.copyOf(all);
    ports = List.copyOf(ports);
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
    changed = List.copyOf(changed);
  }

  /** Packets and bytes. */
  public record Count(long packets, long bytes) {
    /** None. */
    public static final Count ZERO = new Count(0, 0);

    Count plus(Count other) {
      return new Count(packets + other.packets, bytes + other.bytes);
    }
  }

  /**
   * A port of the host.
   *
   * @param protocol tcp or udp
   * @param address the guest's, of IPv4
   * @param guest the port of the guest
   */
  public record Port(int host, String protocol, String address, int guest) {}

  /**
   * One way.
   *
   * @param from the name of a network, or empty for the outside
   * @param to likewise
   * @param tunnel through which it leads instead of to or from the outside, or empty
   * @param rules the numbers of the tenant's rules that are tried there, in order
   * @param open whether one of them, or what happens otherwise, lets anything pass
   * @param accepts what happens to what none of them fits
   * @param otherwise how much that was
   * @param published what was let in because its port is published
   */
  public record Way(
      String from,
      String to,
      String tunnel,
      List<Integer> rules,
      boolean open,
      boolean accepts,
      Count otherwise,
      Count published) {
    public Way {
      rules = List.copyOf(rules);
    }
  }

  /**
   * Those of a tenant.
   *
   * @param text its firewall.nft
   * @param kernel what was counted, by chain and rule; a chain that is not there was not read
   * @throws IllegalArgumentException when the text is not one we write
   */
  public static Ways of(Topology topology, String text, Map<String, List<Count>> kernel) {
    NftFile file = NftFile.parse(text);
    List<Way> all = new ArrayList<>();
    SortedMap<Integer, Count> counts = new TreeMap<>();
    List<String> changed = new ArrayList<>();
    file.chains()
        .forEach((chain, rules) -> {
          List<Count> counted = kernel.getOrDefault(chain, List.of());
          if (kernel.containsKey(chain) && counted.size() != rules.size()) {
            changed.add(chain);
            counted = List.of();
          }
          for (int i = 0; i < counted.size(); i++) {
            if (rules.get(i).number() > 0 && rules.get(i).counted()) {
              counts.merge(rules.get(i).number(), counted.get(i), Count::plus);
            }
          }
          String[] parts = chain.split("/", -1);
          if (parts.length > 2) {
            all.add(way(parts, rules, counted));
          }
        });
    unruled(topology, file, all);
    all.sort(
        Comparator.comparing((Way way) -> way.from().isEmpty())
            .thenComparing(Way::from)
            .thenComparing(way -> !way.from().equals(way.to()))
            .thenComparing(way -> way.to().isEmpty())
            .thenComparing(Way::to)
            .thenComparing(Way::tunnel));
    return new Ways(all, counts, ports(file), changed);
  }

  private static List<Port> ports(NftFile file) {
    List<Port> ports = new ArrayList<>();
    for (String element : file.inet("published4")) {
      NftFile.entry(element)
          .ifPresent(entry -> {
            String[] key = entry[0].split(" \\. ", -1);
            String[] to = entry[1].split(" \\. ", -1);
            ports.add(
                new Port(
                    Integer.parseInt(key[1]),
                    key[0].equals("6") ? "tcp" : "udp",
                    to[0],
                    Integer.parseInt(to[1])));
          });
    }
    ports.sort(Comparator.comparingInt(Port::host).thenComparing(Port::protocol));
    return ports;
  }

  /** The chains whose counts are wanted. */
  public static Collection<String> chains(String text) {
    return NftFile.parse(text).chains().keySet();
  }

  private static Way way(String[] parts, List<NftRule> rules, List<Count> counted) {
    List<Integer> numbers = new ArrayList<>();
    Count published = Count.ZERO;
    boolean open = false;
    for (int i = 0; i < rules.size(); i++) {
      NftRule rule = rules.get(i);
      if (rule.number() > 0 && !numbers.contains(rule.number())) {
        numbers.add(rule.number());
      }
      boolean redirected = rule.matches().contains(new Match.Redirected());
      if (redirected && i < counted.size()) {
        published = counted.get(i);
      }
      open |=
          rule.verdict() instanceof Verdict.Accept
              && !redirected
              && !rule.matches().contains(new Match.Neighbours());
    }
    boolean accepts = !rules.isEmpty() && rules.getLast().verdict() instanceof Verdict.Accept;
    Count otherwise = counted.isEmpty() ? Count.ZERO : counted.getLast();
    String from = List.of("in", "peers").contains(parts[2]) ? "" : parts[1];
    String to =
        switch (parts[2]) {
          case "within", "in", "peers" -> parts[1];
          case "to" -> parts[3];
          default -> "";
        };
    boolean tunnelled = List.of("tunnel", "peers").contains(parts[2]);
    return new Way(
        from, to, tunnelled ? parts[3] : "", numbers, open, accepts, otherwise, published);
  }

  /** Members of a network that no rule concerns are not counted. */
  private static void unruled(Topology topology, NftFile file, List<Way> all) {
    for (String element : file.inet("ways")) {
      NftFile.entry(element)
          .filter(entry -> entry[1].equals("accept"))
          .flatMap(entry -> topology.on(entry[0].replace("\"", "").split(" \\. ", -1)[0]))
          .ifPresent(net -> {
            String name = net.name().value();
            all.add(new Way(name, name, "", List.of(), true, true, Count.ZERO, Count.ZERO));
          });
    }
  }
}
