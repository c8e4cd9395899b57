package io.bitbuilder.hypervisor.reconcile;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The addresses of this host, one a line in {@code objects/addresses}: fetch sees them, and
 * compile, which plans with them, has no network to see them in.
 */
final class HostAddresses {
  private static final String FILE = "addresses";
  private static final Path SIX = Path.of("/proc/self/net/if_inet6");

  private HostAddresses() {}

  /** Writes down what the host has now. */
  static void write(Path objects) throws IOException {
    String text = String.join("\n", seen()) + "\n";
    Path file = objects.resolve(FILE);
    Path beside = objects.resolve(".new-" + FILE);
    Files.writeString(beside, text);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * What was written down last.
   *
   * @param root the directory the host's files are under
   */
  static List<String> read(Path root) throws IOException {
    try {
      return Files.readAllLines(root.resolve("var/lib/bitbuilder/objects").resolve(FILE)).stream()
          .filter(line -> !line.isBlank())
          .toList();
    } catch (NoSuchFileException _) {
      return List.of();
    }
  }

  private static SortedSet<String> seen() throws IOException {
    SortedSet<String> addresses = new TreeSet<>();
    for (NetworkInterface link : NetworkInterface.networkInterfaces().toList()) {
      for (InterfaceAddress address : link.getInterfaceAddresses()) {
        add(address.getAddress(), addresses);
      }
    }
    // Java looks for them in /proc/net, which the service does not see (ProcSubset=pid).
    if (Files.exists(SIX)) {
      for (String line : Files.readAllLines(SIX, StandardCharsets.US_ASCII)) {
        add(InetAddress.getByAddress(HexFormat.of().parseHex(line, 0, 32)), addresses);
      }
    }
    return addresses;
  }

  private static void add(InetAddress address, SortedSet<String> addresses) {
    if (!address.isLoopbackAddress() && !address.isLinkLocalAddress()) {
      String text = address.getHostAddress();
      int scope = text.indexOf('%');
      addresses.add(scope < 0 ? text : text.substring(0, scope));
    }
  }
}
