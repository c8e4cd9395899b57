package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** How the tunnels of a tenant would differ from those it has; none of it touches a guest. */
public final class TunnelChanges {
  private static final String DIRECTORY = "wireguard/";
  private static final String TUNNEL = "Tunnel";

  private TunnelChanges() {}

  /** What is done about a tunnel. */
  public enum Kind {
    UP,
    DOWN,
    LIVE
  }

  /**
   * A tunnel that changes.
   *
   * @param why for people
   */
  public record Changed(String tunnel, Kind kind, String why) {}

  /**
   * The tunnels that differ, in order of their names.
   *
   * @param from what runs, if anything does
   * @param to compiled files
   */
  public static List<Changed> between(Optional<Generation> from, FileTree to) throws IOException {
    SortedMap<String, Tunnel> before = new TreeMap<>();
    if (from.isPresent()) {
      Path directory = from.get().directory();
      for (String name : Durable.names(directory.resolve(DIRECTORY))) {
        Path link = directory.resolve(link(name));
        add(
            Files.readString(directory.resolve(DIRECTORY).resolve(name)),
            Files.exists(link) ? Files.readString(link) : "",
            before);
      }
    }
    SortedMap<String, Tunnel> after = new TreeMap<>();
    to.nodes()
        .forEach((path, node) -> {
          if (path.startsWith(DIRECTORY) && node instanceof FileTree.Text(String text)) {
            FileTree.Node link = to.nodes().get(link(path.substring(DIRECTORY.length())));
            add(text, link instanceof FileTree.Text(String network) ? network : "", after);
          }
        });
    SortedSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    List<Changed> changes = new ArrayList<>();
    for (String name : names) {
      Tunnel old = before.get(name);
      Tunnel now = after.get(name);
      if (old == null) {
        changes.add(new Changed(name, Kind.UP, "new"));
      } else if (now == null) {
        changes.add(new Changed(name, Kind.DOWN, "no longer declared"));
      } else if (!old.peers().equals(now.peers())) {
        changes.add(new Changed(name, Kind.LIVE, why(old.peers(), now.peers())));
      } else if (!old.network().equals(now.network())) {
        changes.add(new Changed(name, Kind.LIVE, "what the host does with it changed"));
      }
    }
    return changes;
  }

  /** What WireGuard is asked of a tunnel, and what networkd is told of its interface. */
  private record Tunnel(UnitFile peers, String network) {}

  /** {@code bw-7.conf} is of the same interface as {@code network/40-bw-7.network}. */
  private static String link(String conf) {
    return "network/40-" + conf.substring(0, Math.max(0, conf.lastIndexOf('.'))) + ".network";
  }

  private static void add(String text, String network, Map<String, Tunnel> tunnels) {
    UnitFile file = UnitFile.parse(text);
    file.values(TUNNEL, "Name").stream()
        .findFirst()
        .ifPresent(name -> tunnels.put(name, new Tunnel(file, network)));
  }

  private static String why(UnitFile old, UnitFile now) {
    List<String> what = new ArrayList<>();
    boolean anew = differs("PrivateKey", "key", old, now, what);
    anew |= differs("ListenPort", "port", old, now, what);
    SortedMap<String, UnitFile.Section> before = peers(old);
    SortedMap<String, UnitFile.Section> after = peers(now);
    peers("new", after, before.keySet(), what);
    peers("no longer", before, after.keySet(), what);
    long changed =
        after.entrySet().stream()
            .filter(peer -> before.containsKey(peer.getKey()))
            .filter(peer -> !peer.getValue().equals(before.get(peer.getKey())))
            .count();
    if (changed > 0) {
      what.add(changed + (changed == 1 ? " peer" : " peers") + " changed");
    }
    return String.join(", ", what) + (anew ? ": its sessions begin anew" : "");
  }

  private static boolean differs(
      String key, String word, UnitFile old, UnitFile now, List<String> what) {
    boolean differs = !old.values(TUNNEL, key).equals(now.values(TUNNEL, key));
    if (differs) {
      what.add(word + " changed");
    }
    return differs;
  }

  private static void peers(
      String word,
      SortedMap<String, UnitFile.Section> peers,
      Set<String> others,
      List<String> what) {
    List<String> names = new ArrayList<>();
    peers.forEach((key, section) -> {
      if (!others.contains(key)) {
        names.add(value(section, "Name").orElse(key));
      }
    });
    if (!names.isEmpty()) {
      what.add(word + " " + String.join(", ", names));
    }
  }

  private static SortedMap<String, UnitFile.Section> peers(UnitFile file) {
    SortedMap<String, UnitFile.Section> peers = new TreeMap<>();
    for (UnitFile.Section section : file.sections()) {
      if (section.name().equals("Peer")) {
        value(section, "PublicKey").ifPresent(key -> peers.put(key, section));
      }
    }
    return peers;
  }

  private static Optional<String> value(UnitFile.Section section, String key) {
    return section.entries().stream()
        .filter(entry -> entry.key().equals(key))
        .map(UnitFile.Entry::value)
        .findFirst();
  }
}
