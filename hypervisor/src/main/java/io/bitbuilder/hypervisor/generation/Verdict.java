package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What became of a generation.
 *
 * @param at when this was found
 * @param reason why, for people; empty when all is well
 * @param took from the switch to the verdict
 */
public record Verdict(State state, Instant at, String reason, Duration took) {
  /** What a generation can be. */
  public enum State {
    /** Switched to; its checks have not all passed yet. */
    ACTIVATING,
    /** Every check passed within the deadline. */
    HEALTHY,
    /** Running with failed checks, because the operator turned rollback off or nothing is older. */
    DEGRADED,
    /** Failed and was rolled back; its commit is refused. */
    REFUSED,
    /** A newer generation took over before this one had a verdict. */
    SUPERSEDED
  }

  String toJson() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("state", state.name().toLowerCase(Locale.ROOT));
    map.put("at", at.toString());
    map.put("reason", reason);
    map.put("tookMillis", took.toMillis());
    return Json.pretty(map);
  }

  static Verdict fromJson(String text) {
    Fields fields = new Fields(Json.parseObject(text));
    return new Verdict(
        State.valueOf(fields.text("state").toUpperCase(Locale.ROOT)),
        Instant.parse(fields.text("at")),
        fields.text("reason"),
        Duration.ofMillis(fields.number("tookMillis")));
  }
}
