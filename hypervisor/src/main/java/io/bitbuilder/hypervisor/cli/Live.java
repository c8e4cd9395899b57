package io.bitbuilder.hypervisor.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The running host, as far as verbs look at it or ask it for something. */
public interface Live {
  /**
   * The active state of every loaded unit of tenants, {@code active} or {@code failed} for example
   * (systemd(1), UNITS); empty where no systemd runs.
   */
  Map<String, String> tenantUnits() throws IOException;

  /**
   * Starts a unit and waits until its job is done; a unit whose conditions do not hold counts as
   * done.
   *
   * @return what was said when the unit failed; empty when it did not
   */
  Optional<String> start(String unit) throws IOException;

  /** The first process of a running machine; empty when the machine does not run. */
  OptionalLong leader(String machine) throws IOException;

  /** Runs a program on the operator's terminal and gives back its exit status. */
  int attach(List<String> command) throws IOException;
}
