package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.Script;

/** Health checks for people. */
final class Checks {
  private Checks() {}

  /** {@code http :80/healthz}. Not escaped. */
  static String text(Check check) {
    return switch (check) {
      case Check.Tcp tcp -> "tcp :" + tcp.port();
      case Check.Http http -> "http :" + http.port() + http.path();
      case Check.Exec exec -> "exec " + String.join(" ", exec.command());
      case Check.Handed _ -> "script " + Script.HEALTH_CHECK.file();
      case Check.Unit unit -> "unit " + unit.unit();
    };
  }
}
