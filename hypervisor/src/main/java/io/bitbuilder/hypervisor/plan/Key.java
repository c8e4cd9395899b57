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
    ADDRESS("address"),
    MAC("mac"),
    MACHINE_ID("machine-id"),
    BRIDGE("bridge"),
    LINK("link"),
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

  static String uid(TenantId tenant, String container) {
    return join(Kind.UID, tenant, container);
  }

  static String mac(TenantId tenant, String container) {
    return join(Kind.MAC, tenant, container);
  }

  static String machineId(TenantId tenant, String container) {
    return join(Kind.MACHINE_ID, tenant, container);
  }

  static String link(TenantId tenant, String container) {
    return join(Kind.LINK, tenant, container);
  }

  static String subnet(TenantId tenant, ResourceName network) {
    return join(Kind.SUBNET, tenant, network.value());
  }

  static String bridge(TenantId tenant, ResourceName network) {
    return join(Kind.BRIDGE, tenant, network.value());
  }

  static String address(TenantId tenant, ResourceName network, String container) {
    return join(Kind.ADDRESS, tenant, network.value()) + "/" + container;
  }

  /** The container this choice is made for, empty when it is for none. */
  String container() {
    return switch (kind) {
      case UID, MAC, MACHINE_ID, LINK -> first;
      case ADDRESS -> second;
      case SUBNET, BRIDGE, OTHER -> "";
    };
  }

  /** The network this choice is made for, empty when it is for none. */
  String network() {
    return switch (kind) {
      case SUBNET, BRIDGE, ADDRESS -> first;
      case UID, MAC, MACHINE_ID, LINK, OTHER -> "";
    };
  }

  private static String part(List<String> parts, int index) {
    return index < parts.size() ? parts.get(index) : "";
  }

  private static String join(Kind kind, TenantId tenant, String name) {
    return kind.word + "/" + tenant + "/" + name;
  }
}
