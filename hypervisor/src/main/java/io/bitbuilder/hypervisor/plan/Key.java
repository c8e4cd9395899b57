package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.List;

/**
 * The key of a choice, in parts: kind, tenant, then what the kind says. A part that is not there is
 * empty.
 */
record Key(Kind kind, String tenant, String first, String second) {
  /** What is chosen. */
  enum Kind {
    UID("uid"),
    SUBNET("subnet"),
    SUBNET6("subnet6"),
    ADDRESS("address"),
    MAC("mac"),
    MACHINE_ID("machine-id"),
    BRIDGE("bridge"),
    LINK("link"),
    TUNNEL("tunnel"),
    /** A choice this version knows nothing of; it is kept. */
    OTHER("");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    private static Kind of(String word) {
      for (Kind kind : values()) {
        if (kind.word.equals(word)) {
          return kind;
        }
      }
      return OTHER;
    }
  }

  static Key of(String text) {
    List<String> parts = List.of(text.split("/", 4));
    return new Key(Kind.of(parts.getFirst()), part(parts, 1), part(parts, 2), part(parts, 3));
  }

  static String uid(TenantId tenant, String guest) {
    return join(Kind.UID, tenant, guest);
  }

  static String mac(TenantId tenant, String guest) {
    return join(Kind.MAC, tenant, guest);
  }

  static String machineId(TenantId tenant, String guest) {
    return join(Kind.MACHINE_ID, tenant, guest);
  }

  static String link(TenantId tenant, String guest) {
    return join(Kind.LINK, tenant, guest);
  }

  static String tunnel(TenantId tenant, ResourceName tunnel) {
    return join(Kind.TUNNEL, tenant, tunnel.value());
  }

  static String subnet(TenantId tenant, ResourceName network) {
    return join(Kind.SUBNET, tenant, network.value());
  }

  static String subnet6(TenantId tenant, ResourceName network) {
    return join(Kind.SUBNET6, tenant, network.value());
  }

  static String bridge(TenantId tenant, ResourceName network) {
    return join(Kind.BRIDGE, tenant, network.value());
  }

  static String address(TenantId tenant, ResourceName network, String guest) {
    return join(Kind.ADDRESS, tenant, network.value()) + "/" + guest;
  }

  /** The guest this choice is made for, empty when it is for none. */
  String guest() {
    return switch (kind) {
      case UID, MAC, MACHINE_ID, LINK -> first;
      case ADDRESS -> second;
      case SUBNET, SUBNET6, BRIDGE, TUNNEL, OTHER -> "";
    };
  }

  /** The network this choice is made for, empty when it is for none. */
  String network() {
    return switch (kind) {
      case SUBNET, SUBNET6, BRIDGE, ADDRESS -> first;
      case UID, MAC, MACHINE_ID, LINK, TUNNEL, OTHER -> "";
    };
  }

  private static String part(List<String> parts, int index) {
    return index < parts.size() ? parts.get(index) : "";
  }

  private static String join(Kind kind, TenantId tenant, String name) {
    return kind.word + "/" + tenant + "/" + name;
  }
}
