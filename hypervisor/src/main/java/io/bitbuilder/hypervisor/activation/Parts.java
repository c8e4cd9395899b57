package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.generation.FlightLog;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.health.Probe;
import io.bitbuilder.hypervisor.host.Pace;
import io.bitbuilder.hypervisor.host.Systemd;
import java.io.IOException;

/** What an activation works with. */
public record Parts(
    Store store,
    Refused refused,
    FlightLog flights,
    Systemd systemd,
    Probe probe,
    Provisions provisions,
    Announcer announcer,
    Pace pace) {

  /** What a generation needs on this host besides its own files: catalogue images. */
  public interface Provisions {
    /** Whether all of it is there. */
    boolean isReady(Manifest manifest);

    /**
     * Fetches what is missing; blocks for as long as that takes.
     *
     * @throws IOException when it cannot be had
     */
    void provide(Manifest manifest) throws IOException;
  }
}
