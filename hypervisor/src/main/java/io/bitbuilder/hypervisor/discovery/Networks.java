package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Node;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant.Network;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.Similar;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.List;

/**
 * The networks of a tenant.
 *
 * @param first the one a container joins that names none; empty or one name
 */
record Networks(List<Network> all, List<ResourceName> first) {
  /** Reports names of networks that do not exist, and more than one. */
  void check(Values values, Key<List<ResourceName>> key) {
    checkNames(values, key);
    List<Node.Scalar> names = values.written(key);
    if (names.size() > 1) {
      values
          .reading()
          .error(
              Code.BB212,
              names.get(1),
              "more than one network is not supported by this version",
              "one network",
              "leave one network in the list");
    }
  }

  /** Reports names of networks that do not exist. */
  void checkNames(Values values, Key<List<ResourceName>> key) {
    List<String> known = all.stream().map(network -> network.name().value()).toList();
    for (Node.Scalar written : values.written(key)) {
      String name = written.text();
      if (!known.contains(name)) {
        values
            .reading()
            .error(
                Code.BB304,
                written,
                "network " + Quote.quote(name) + " does not exist",
                known.isEmpty() ? "" : String.join(", ", known),
                Similar.to(name, known)
                    .map(similar -> "a network with a similar name exists: `" + similar + "`")
                    .orElse("declare it in network/topology.yaml"));
      }
    }
  }
}
