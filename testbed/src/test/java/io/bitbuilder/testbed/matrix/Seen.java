package io.bitbuilder.testbed.matrix;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What one observer has seen. */
final class Seen {
  private final Set<Integer> arrived = new HashSet<>();
  private final Set<Integer> framed = new HashSet<>();
  private final Set<Integer> answered = new HashSet<>();
  private final Set<String> claims = new HashSet<>();
  private final Map<Integer, String> sources = new HashMap<>();
  private int lost;

  /** Takes what probe.py printed, listening or sending. */
  void add(String output) {
    for (String line : output.lines().toList()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "arrived" -> {
          arrived.add(Integer.valueOf(words[1]));
          sources.put(Integer.valueOf(words[1]), words[3]);
        }
        case "framed" -> framed.add(Integer.valueOf(words[1]));
        case "answered" -> answered.add(Integer.valueOf(words[1]));
        case "claim" -> claims.add(words[1] + " " + words[2]);
        case "lost" -> lost += Integer.parseInt(words[1]);
        case "ready", "failed", "" -> {}
        default -> throw new AssertionError("probe.py said: " + line);
      }
    }
  }

  /** Whether it got a probe: in its sockets, or as a frame on the way there. */
  boolean has(Probe probe) {
    boolean asFrame = probe.kind().proof() == Kind.Proof.FRAME && framed.contains(probe.number());
    return asFrame || arrived.contains(probe.number());
  }

  boolean isAnswered(Probe probe) {
    return answered.contains(probe.number());
  }

  /** Whether it was told that an address is at this MAC address. */
  boolean knows(String address, String mac) {
    return claims.contains(address + " " + mac);
  }

  /** The address a probe came from, as it arrived. */
  String source(Probe probe) {
    return sources.getOrDefault(probe.number(), "nowhere");
  }

  /** Whether anything at all has arrived. */
  boolean isAlive() {
    return !arrived.isEmpty();
  }

  int lost() {
    return lost;
  }
}
