package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The tunnels of a tenant: what its generation says of them, the public keys the host wrote down,
 * and what the kernel knows of their peers.
 */
final class TenantTunnels {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private TenantTunnels() {}

  /**
   * One tunnel.
   *
   * @param link its interface on the host
   * @param port it listens on, or empty
   * @param publicKey empty until the tunnel was up once
   */
  record Tunnel(
      String name, String link, String port, Optional<String> publicKey, List<Peer> peers) {
    Tunnel {
      peers = List.copyOf(peers);
    }
  }

  /**
   * One peer.
   *
   * @param name what the tenant calls it, or empty
   * @param endpoint where it was last heard from, or else where it is called at; or empty
   * @param behind the ranges behind it
   * @param handshake when it last proved who it is; empty when it did not, or we may not know
   */
  record Peer(
      String name,
      String publicKey,
      String endpoint,
      List<String> behind,
      Optional<Instant> handshake) {
    Peer {
      behind = List.copyOf(behind);
    }
  }

  /**
   * The tunnels of a generation, in order of their names.
   *
   * @param root the directory the host's files are under
   */
  static List<Tunnel> read(Generation generation, Path root, Commands commands) throws IOException {
    Map<String, Tunnel> tunnels = new TreeMap<>();
    String[] files = generation.directory().resolve("wireguard").toFile().list();
    for (String file : files == null ? new String[0] : files) {
      String link = file.substring(0, file.length() - ".conf".length());
      UnitFile text =
          UnitFile.parse(
              Files.readString(generation.directory().resolve("wireguard").resolve(file)));
      String name = text.values("Tunnel", "Name").getFirst();
      Path key =
          root.resolve("var/lib/bitbuilder/wireguard")
              .resolve(generation.tenant().value())
              .resolve(name + ".pub");
      tunnels.put(
          name,
          new Tunnel(
              name,
              link,
              text.values("Tunnel", "ListenPort").stream()
                  .filter(port -> !port.equals("0"))
                  .findFirst()
                  .orElse(""),
              publicKey(key),
              peers(text, link, commands)));
    }
    return List.copyOf(tunnels.values());
  }

  private static Optional<String> publicKey(Path file) throws IOException {
    try {
      return Optional.of(Quote.escape(Files.readString(file).strip(), 60));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private static List<Peer> peers(UnitFile file, String link, Commands commands) {
    Map<String, String> endpoints = ask(link, "endpoints", commands);
    Map<String, String> handshakes = ask(link, "latest-handshakes", commands);
    List<Peer> peers = new ArrayList<>();
    for (UnitFile.Section section : file.sections()) {
      if (!section.name().equals("Peer")) {
        continue;
      }
      Map<String, String> values = new HashMap<>();
      section.entries().forEach(entry -> values.put(entry.key(), entry.value()));
      String key = values.getOrDefault("PublicKey", "");
      String seen = endpoints.getOrDefault(key, "");
      peers.add(
          new Peer(
              values.getOrDefault("Name", ""),
              key,
              seen.isEmpty() ? values.getOrDefault("Endpoint", "") : seen,
              List.of(values.getOrDefault("AllowedIPs", "").split(",", -1)),
              Optional.of(handshakes.getOrDefault(key, "0"))
                  .filter(seconds -> !seconds.equals("0"))
                  .map(seconds -> Instant.ofEpochSecond(Long.parseLong(seconds)))));
    }
    return peers;
  }

  /** What the kernel says of one thing, by public key; nothing to those who may not ask. */
  private static Map<String, String> ask(String link, String what, Commands commands) {
    Map<String, String> answers = new HashMap<>();
    try {
      // Never all at once: that answer has the private key in it.
      Commands.Result result = commands.run(List.of("wg", "show", link, what), LIMIT);
      for (String line : result.ok() ? result.out().lines().toList() : List.<String>of()) {
        String[] fields = line.split("\t", -1);
        if (fields.length == 2 && fields[1].matches("[0-9a-fA-F.:\\[\\]]+")) {
          answers.put(fields[0], fields[1]);
        }
      }
    } catch (IOException _) {
      answers.clear();
    }
    return answers;
  }

  /** As two tables. */
  static void print(List<Tunnel> tunnels, Instant now, Output output) {
    Table table = new Table("TUNNEL", "LINK", "PORT", "PUBLIC KEY");
    Table peers = new Table("TUNNEL", "PEER", "AT", "BEHIND IT", "HEARD FROM");
    boolean any = false;
    for (Tunnel tunnel : tunnels) {
      table.row(
          new Table.Cell(tunnel.name()),
          new Table.Cell(tunnel.link()),
          new Table.Cell(tunnel.port()),
          new Table.Cell(tunnel.publicKey().orElse("not made yet")));
      for (Peer peer : tunnel.peers()) {
        any = true;
        peers.row(
            new Table.Cell(tunnel.name()),
            new Table.Cell(peer.name().isEmpty() ? peer.publicKey() : peer.name()),
            new Table.Cell(peer.endpoint()),
            new Table.Cell(String.join(", ", peer.behind())),
            new Table.Cell(peer.handshake().map(time -> Times.ago(time, now)).orElse("never")));
      }
    }
    table.print(output);
    if (any) {
      output.line("");
      peers.print(output);
    }
  }

  /** The same for programs. */
  static List<Map<String, Object>> json(List<Tunnel> tunnels) {
    return tunnels.stream().map(TenantTunnels::json).toList();
  }

  private static Map<String, Object> json(Tunnel tunnel) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("name", tunnel.name());
    value.put("link", tunnel.link());
    value.put("listenPort", tunnel.port().isEmpty() ? 0L : Long.parseLong(tunnel.port()));
    value.put("publicKey", tunnel.publicKey().orElse(""));
    value.put(
        "peers",
        tunnel.peers().stream()
            .map(peer -> {
              Map<String, Object> one = new LinkedHashMap<>();
              one.put("name", peer.name());
              one.put("publicKey", peer.publicKey());
              one.put("endpoint", peer.endpoint());
              one.put("allowedIPs", peer.behind());
              peer.handshake().ifPresent(time -> one.put("handshakeAt", time.toString()));
              return one;
            })
            .toList());
    return value;
  }
}
