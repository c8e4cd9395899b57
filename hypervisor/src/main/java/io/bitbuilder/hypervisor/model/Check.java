package io.bitbuilder.hypervisor.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A declared health check, tried every interval until it passes or the deadline is over. */
public sealed interface Check {
  /** Time between two tries. */
  Duration interval();

  /** Limit for one try. */
  Duration timeout();

  /** A TCP connection to a port of the container is accepted. */
  record Tcp(int port, Duration interval, Duration timeout) implements Check {}

  /** A GET answers with the status, any of 200 to 299 when none is given. */
  record Http(int port, String path, Optional<Integer> status, Duration interval, Duration timeout)
      implements Check {}

  /** A command inside exits with 0. */
  record Exec(List<String> command, Duration interval, Duration timeout) implements Check {
    public Exec {
      command = List.copyOf(command);
    }
  }

  /**
   * The script {@link Script#HEALTH_CHECK} exits with 0 inside a virtual machine, which has to be
   * handed it.
   *
   * @param layer the digest of the layer it is in
   */
  record Handed(String layer, Duration interval, Duration timeout) implements Check {}

  /** A unit inside is active. */
  record Unit(String unit, Duration interval, Duration timeout) implements Check {}
}
