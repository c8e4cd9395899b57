package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.generation.HostStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the system repository put on the host itself, for programs. */
final class HostUnitsJson {
  private HostUnitsJson() {}

  /** What is there. */
  static Map<String, Object> made(HostStore.Made made) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("generation", (long) made.number());
    value.put("commit", made.commit().value());
    value.put("signer", made.signer());
    value.put("units", List.copyOf(made.units().units().keySet()));
    value.put("generators", List.copyOf(made.units().generators().keySet()));
    value.put("extensions", List.copyOf(made.units().extensions().keySet()));
    value.put("services", List.copyOf(made.units().portables().keySet()));
    return value;
  }

  /** What was taken back. */
  static Map<String, Object> refused(HostStore.Refusal refusal) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("generation", (long) refusal.generation());
    value.put("commit", refusal.commit().value());
    value.put("reason", refusal.reason());
    return value;
  }
}
