package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * The leases systemd-networkd has given out in a network, from the file it keeps of them
 * (systemd.network(5), PersistLeases=).
 */
final class Leases {
  private static final List<String> DIRECTORIES =
      List.of("var/lib/systemd/network/dhcp-server-lease", "run/systemd/netif/dhcp-server-lease");

  private Leases() {}

  /**
   * A lease.
   *
   * @param name what its holder calls itself, untrusted and unescaped
   */
  record Lease(String address, String mac, String name, Instant until) {}

  /**
   * Those of this boot.
   *
   * @param notes takes why they could not be read
   */
  static List<Lease> read(String bridge, Path root, List<String> notes) {
    for (String directory : DIRECTORIES) {
      try {
        Map<String, ?> file =
            Json.parseObject(Files.readString(root.resolve(directory).resolve(bridge)));
        if (String.valueOf(file.get("BootID")).equals(boot(root))) {
          return leases(file);
        }
      } catch (NoSuchFileException _) {
        // Nobody has asked yet, or it lies in the other one.
      } catch (IOException | IllegalArgumentException e) {
        notes.add("leases of " + bridge + ": " + Quote.escape(String.valueOf(e.getMessage()), 400));
      }
    }
    return List.of();
  }

  private static String boot(Path root) throws IOException {
    return Files.readString(root.resolve("proc/sys/kernel/random/boot_id"))
        .strip()
        .replace("-", "");
  }

  private static List<Lease> leases(Map<String, ?> file) {
    List<Lease> leases = new ArrayList<>();
    if (file.get("Leases") instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> lease) {
          lease(lease).ifPresent(leases::add);
        }
      }
    }
    return leases;
  }

  private static Optional<Lease> lease(Map<?, ?> lease) {
    return lease.get("AddressString") instanceof String address
            && lease.get("ExpirationRealtimeUSec") instanceof Long micros
        ? Optional.of(
            new Lease(
                address,
                lease.get("HardwareAddress") instanceof List<?> octets ? mac(octets) : "",
                lease.get("Hostname") instanceof String name ? name : "",
                Instant.ofEpochMilli(micros / 1000)))
        : Optional.empty();
  }

  private static String mac(List<?> octets) {
    StringJoiner text = new StringJoiner(":");
    octets.forEach(octet -> text.add(octet instanceof Long n ? String.format("%02x", n) : "?"));
    return text.toString();
  }
}
