package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.Origin;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.model.Tenant.Network;
import io.bitbuilder.hypervisor.model.Tenant.Network.Mode;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Values;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The networks of a tenant, from metadata.json and network/topology.yaml together.
 *
 * <p>The topology declares networks; the interface of metadata.json says which of them is the
 * first. Without a topology the interface is the network; without either there is one, {@code
 * default}.
 */
final class TenantNetworks {
  private static final ResourceName DEFAULT = new ResourceName("default");

  private TenantNetworks() {}

  /** The networks; empty after findings, and without metadata. */
  static Optional<Networks> read(Repository repository, Layout layout, Optional<Values> metadata)
      throws IOException {
    List<Network> declared = List.of();
    Optional<Entry> file = layout.file("network/topology.yaml");
    if (file.isPresent()) {
      Optional<Reading> reading = repository.read(file.get(), Repository.DOCUMENT_LIMIT);
      Optional<List<Network>> topology = reading.flatMap(TopologyFile::read);
      reading.ifPresent(repository::finished);
      if (topology.isEmpty()) {
        return Optional.empty();
      }
      declared = topology.get();
    }
    return metadata.isEmpty() ? Optional.empty() : together(metadata.get(), declared);
  }

  private static Optional<Networks> together(Values metadata, List<Network> declared) {
    Values network = metadata.section(MetadataFile.NETWORK);
    Optional<Values> first = network.list(MetadataFile.INTERFACES).stream().findFirst();
    if (first.isPresent() && !first.get().has(MetadataFile.INTERFACE_NAME)) {
      return Optional.empty();
    }
    if (network.get(MetadataFile.MODE) == Mode.NONE) {
      return Optional.of(new Networks(declared, List.of()));
    }
    if (declared.isEmpty()) {
      Mode mode = network.get(MetadataFile.MODE);
      Network only = first.map(face -> of(face, mode)).orElseGet(() -> of(metadata, mode, DEFAULT));
      return Optional.of(new Networks(List.of(only), List.of(only.name())));
    }
    Network chosen = first.map(values -> chosen(values, declared)).orElse(declared.getFirst());
    return Optional.of(new Networks(declared, List.of(chosen.name())));
  }

  private static Network of(Values face, Mode mode) {
    Reading reading = face.reading();
    return network(
        new ResourceName(face.get(MetadataFile.INTERFACE_NAME)),
        mode,
        face.find(MetadataFile.BRIDGE).orElse(""),
        pointer -> reading.document().at(face.node(), pointer));
  }

  private static Network of(Values metadata, Mode mode, ResourceName name) {
    Reading reading = metadata.reading();
    return network(name, mode, "", _ -> reading.document().at("/network"));
  }

  private static Network network(ResourceName name, Mode mode, String bridge, Origin origin) {
    return new Network(name, mode, bridge, "", "", true, List.of(), 0, 0, 0, origin);
  }

  /** The network of the topology an interface belongs to. */
  private static Network chosen(Values face, List<Network> declared) {
    String name = face.get(MetadataFile.INTERFACE_NAME);
    Optional<String> bridge = face.find(MetadataFile.BRIDGE);
    if (bridge.isEmpty()) {
      return declared.stream()
          .filter(network -> network.name().value().equals(name))
          .findFirst()
          .orElse(declared.getFirst());
    }
    Optional<Network> found =
        declared.stream().filter(network -> network.bridge().equals(bridge.get())).findFirst();
    if (found.isEmpty()) {
      face.reading()
          .add(
              Code.BB304,
              face.at(MetadataFile.BRIDGE),
              "bridge " + Quote.quote(bridge.get()) + " is not in network/topology.yaml",
              String.join(
                  ", ", declared.stream().map(Network::bridge).filter(b -> !b.isEmpty()).toList()),
              "add `bridge: "
                  + Quote.escape(bridge.get())
                  + "` to a network there, or leave `bridge` out here");
    }
    return found.orElse(declared.getFirst());
  }
}
