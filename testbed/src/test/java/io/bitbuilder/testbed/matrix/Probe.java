package io.bitbuilder.testbed.matrix;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One numbered thing that is sent.
 *
 * @param to whom it is aimed at; null when it is for everybody on the link
 * @param variant what tells it from others of its kind, or empty
 * @param port the port it goes to; 0 when there is none
 * @param lines what probe.py is told
 */
public record Probe(
    int number,
    Party from,
    @Nullable Party to,
    Kind kind,
    String variant,
    Family family,
    int port,
    List<String> lines) {
  public Probe {
    lines = List.copyOf(lines);
  }

  /** Such as {@code spoofed-ip4:gateway}. */
  String label() {
    return kind.label() + family.suffix() + (variant.isEmpty() ? "" : ":" + variant);
  }

  /** Whether it pretends to be something it is not. */
  public boolean isForged() {
    return kind.isForged();
  }

  /** For {@code bitbuilder network trace}: icmp, tcp or udp, when it is a question to it at all. */
  boolean isTraceable() {
    return to != null && (kind == Kind.ICMP || kind == Kind.TCP || kind == Kind.UDP);
  }
}
