package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.model.Tunnel;
import io.bitbuilder.hypervisor.schema.Reading;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads network/wireguard/: each file is a tunnel, and its name that of the tunnel. */
final class Tunnels {
  private static final String SUFFIX = ".yaml";

  private Tunnels() {}

  /** The tunnels that are without findings, in order of their names. */
  static List<Tunnel> read(Repository repository, Layout layout, Optional<Networks> networks)
      throws IOException {
    List<Tunnel> tunnels = new ArrayList<>();
    for (Entry file : layout.in("network/wireguard")) {
      String name = file.name().substring(0, file.name().length() - SUFFIX.length());
      boolean named = ResourceName.isValid(name);
      if (!named) {
        repository.error(
            Code.BB207,
            file.path(),
            Quote.quote(name) + " is not a valid name of a tunnel",
            ResourceName.EXPECTED,
            "rename the file");
      }
      Optional<Reading> reading = repository.read(file, Repository.DOCUMENT_LIMIT);
      // A name that is not valid keeps nobody from hearing of all else that is wrong.
      ResourceName known = new ResourceName(named ? name : "tunnel");
      reading
          .flatMap(read -> WireguardFile.read(known, read, networks))
          .filter(_ -> named)
          .ifPresent(tunnels::add);
      reading.ifPresent(repository::finished);
    }
    return tunnels;
  }
}
