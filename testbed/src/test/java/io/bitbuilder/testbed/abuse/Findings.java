package io.bitbuilder.testbed.abuse;

import io.bitbuilder.testbed.Host;
import io.bitbuilder.testbed.Json;
import java.util.List;

/**
 * What came of an attack.
 *
 * @param observed the code, or what happened instead
 * @param says the first finding, with its path
 * @param passed whether that is what was expected
 */
public record Findings(Attack attack, String observed, String says, boolean passed) {
  /** Looks at what {@code status} says of its tenant. */
  public static Findings of(Attack attack, Json tenant, Host host) {
    List<Json> errors =
        tenant.at("findings").list().stream()
            .filter(finding -> !"warning".equals(text(finding, "severity")))
            .toList();
    if (errors.isEmpty()) {
      boolean runs = tenant.has("generation");
      boolean inert = runs && attack.isInert() && isInert(attack, host);
      return new Findings(
          attack,
          !runs ? "nothing" : inert ? Attack.INERT : attack.isInert() ? "not inert" : "accepted",
          "",
          inert);
    }
    StringBuilder all = new StringBuilder();
    boolean coded = false;
    for (Json error : errors) {
      String code = text(error, "code");
      coded |= code.equals(attack.expected());
      all.append(code)
          .append(' ')
          .append(error.has("location") ? text(error.at("location"), "path") : "")
          .append(": ")
          .append(text(error, "message"))
          .append("; ");
    }
    String says = all.toString();
    return new Findings(
        attack,
        text(errors.getFirst(), "code"),
        says.length() > 300 ? says.substring(0, 300) : says,
        coded && says.contains(attack.names()) && !tenant.has("generation"));
  }

  private static boolean isInert(Attack attack, Host host) {
    if (!attack.id().startsWith("overlay-")) {
      return host.shell(attack.names(), attack.id()).exit() == 0;
    }
    String enter =
        "leader=$(machinectl show -P Leader \"app.$1\"); exec nsenter --target \"$leader\" --all"
            + " --wdns=/ --setuid 0 --setgid 0 env -i PATH=/usr/bin sh -euc \"$2\"";
    return host.shell(enter, attack.id(), attack.names()).exit() == 0;
  }

  private static String text(Json json, String key) {
    return json.has(key) ? json.at(key).text() : "";
  }
}
