package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.model.Container;

/** Health checks for people. */
final class Checks {
  private Checks() {}

  /** {@code http :80/healthz}. Not escaped. */
  static String text(Container.Check check) {
    return switch (check) {
      case Container.Check.Tcp tcp -> "tcp :" + tcp.port();
      case Container.Check.Http http -> "http :" + http.port() + http.path();
      case Container.Check.Exec exec -> "exec " + String.join(" ", exec.command());
      case Container.Check.Unit unit -> "unit " + unit.unit();
    };
  }
}
