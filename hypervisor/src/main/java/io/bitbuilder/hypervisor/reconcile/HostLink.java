package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.host.Systemd;
import io.bitbuilder.hypervisor.plan.Underlay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The tunnel between hosts that share networks: what bitbuilder-underlay.service is told of it, in
 * the words tenant-wireguard reads, and what networkd is.
 */
final class HostLink {
  private static final String LINK = "bw-hosts";
  private static final String UNIT = "bitbuilder-underlay.service";
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Path directory;
  private final Systemd systemd;

  HostLink(Path root, Systemd systemd) {
    this.directory = root.resolve("var/lib/bitbuilder/underlay");
    this.systemd = systemd;
  }

  /** Sets it up or takes it down; nothing happens when it is as it was. */
  void set(Optional<Underlay> underlay) throws IOException {
    boolean changed = write("network", underlay.map(HostLink::network).orElse(""));
    // Last, for this is what is there or not: whoever is cut short before comes back.
    changed |= write(LINK + ".conf", underlay.map(HostLink::tunnel).orElse(""));
    if (!changed) {
      return;
    }
    Systemd.Done done = systemd.run(Systemd.Verb.RELOAD_OR_START, List.of(UNIT), LIMIT);
    if (!done.ok()) {
      // Said again at the next activation.
      Files.deleteIfExists(directory.resolve("network"));
      throw new IOException(UNIT + " failed");
    }
  }

  private boolean write(String name, String wanted) throws IOException {
    Path file = directory.resolve(name);
    if (wanted.equals(present(file))) {
      return false;
    }
    if (wanted.isEmpty()) {
      Files.delete(file);
      return true;
    }
    Files.createDirectories(directory);
    Path unfinished = directory.resolve(".new");
    Files.writeString(unfinished, wanted);
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    return true;
  }

  private static String present(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException _) {
      return "";
    }
  }

  private static String tunnel(Underlay underlay) {
    StringBuilder text =
        new StringBuilder(
            "[Tunnel]\nName=hosts\nPrivateKey=generate\nListenPort=" + underlay.port() + "\n");
    for (Underlay.Peer peer : underlay.peers()) {
      text.append("\n[Peer]\nName=")
          .append(peer.name())
          .append("\nPublicKey=")
          .append(peer.publicKey())
          .append("\nAllowedIPs=")
          .append(peer.address())
          .append("/128\nEndpoint=")
          .append(peer.endpoint())
          .append("\nPersistentKeepalive=0\n");
    }
    return text.toString();
  }

  private static String network(Underlay underlay) {
    StringBuilder text =
        new StringBuilder(
            """
            [Match]
            Name=bw-hosts
            Kind=wireguard

            [Link]
            RequiredForOnline=no

            [Network]
            LinkLocalAddressing=no
            IPv6AcceptRA=no
            IPv4Forwarding=no
            IPv6Forwarding=no

            [Address]
            Address=%s/128
            DuplicateAddressDetection=none
            """
                .formatted(underlay.address()));
    for (Underlay.Peer peer : underlay.peers()) {
      text.append("\n[Route]\nDestination=").append(peer.address()).append("/128\n");
    }
    return text.toString();
  }
}
