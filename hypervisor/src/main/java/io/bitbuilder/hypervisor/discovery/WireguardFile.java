package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tunnel;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** network/wireguard/*.yaml. Keys that are secret are named, never written. */
final class WireguardFile {
  /** The word that is no credential: the host makes the key. */
  private static final String GENERATE = "generate";

  static final Scalar<String> PUBLIC_KEY =
      Types.text(
          "public key",
          "44 characters of Base64",
          Code.BB204,
          Map.of("type", "string", "pattern", "^[A-Za-z0-9+/]{43}=$"),
          WireguardFile::isKey);
  private static final Scalar<String> ENDPOINT =
      Types.text(
          "endpoint",
          "a host and a port: vpn.example.org:51820",
          Code.BB209,
          Map.of("type", "string"),
          Addresses::isEndpoint);

  /** The name of a credential; a key in its place was meant to be secret and is not shown again. */
  private static final Scalar<String> SECRET =
      new Scalar<>(
          Vocabulary.CREDENTIAL.word(),
          Vocabulary.CREDENTIAL.expected(),
          Vocabulary.CREDENTIAL.json(),
          (node, reading) -> {
            if (!isKey(node.text())) {
              return Vocabulary.CREDENTIAL.parser().parse(node, reading);
            }
            Location place = reading.document().at(node);
            reading.add(
                Code.BB207,
                new Location(
                    place.repository(),
                    place.commit(),
                    place.path(),
                    place.span(),
                    place.pointer(),
                    ""),
                "a secret key is written into the repository",
                "the name of a credential",
                "name a system credential that holds a new key; this one is known to all who see"
                    + " the repository");
            return null;
          });

  private static final Key<ResourceName> PEER =
      Key.of("name", Types.NAME, LIVE, "What people call the peer.");
  private static final Key<String> PUBLIC =
      Key.of("publicKey", PUBLIC_KEY, LIVE, "Who the peer is.").mandatory();
  private static final Key<String> ENDPOINT_KEY =
      Key.of("endpoint", ENDPOINT, LIVE, "Where the peer is called at.")
          .orElse("the peer has to call first");
  private static final Key<List<String>> ALLOWED =
      Key.of(
              "allowedIPs",
              new ListOf<>(Addresses.RANGE),
              LIVE,
              "What lies behind the peer: it may send from there, and what the networks send there"
                  + " goes to it. Nothing of the host's, of the pools tenants' subnets are cut from,"
                  + " or of another peer of the tenant.")
          .mandatory();
  private static final Key<Integer> KEEPALIVE =
      Key.of(
              "keepalive",
              Amounts.integer(0, 65535),
              LIVE,
              "Seconds between two signs of life, 0 for none.")
          .or(0, "0");
  private static final Key<String> PRESHARED =
      Key.of(
          "presharedKey",
          SECRET,
          LIVE,
          "The credential with a secret that both ends share besides their keys: for `office` the"
              + " operator keeps `tenant.<tenant id>.office`.");

  private static final Key<List<ResourceName>> NETWORKS =
      Key.of(
              "networks",
              new ListOf<>(Types.NAME),
              LIVE,
              "The networks of the tenant that the peers reach, and that reach the peers. There is"
                  + " no way to others.")
          .mandatory();
  private static final Key<String> PRIVATE =
      Key.of(
              "privateKey",
              SECRET,
              LIVE,
              "The credential with the private key: for `vpn` the operator keeps"
                  + " `tenant.<tenant id>.vpn`. With `generate` the host makes the key, keeps it to"
                  + " itself, and `bitbuilder describe` shows the public half.")
          .or(GENERATE, GENERATE);
  private static final Key<Integer> PORT =
      Key.of(
              "listenPort",
              Vocabulary.PORT,
              LIVE,
              "The port of the host it listens on, one of those in `ports` of the registry.")
          .orElse("none: this end calls, and no peer can");
  private static final Key<Integer> MTU =
      Key.of("mtu", Amounts.integer(1280, 9000), LIVE, "The largest packet inside, in bytes.")
          .orElse("what the kernel takes");
  private static final Key<List<Values>> PEERS =
      Key.of(
          "peers",
          new ListOf<>(
              Shape.of("a peer", PEER, PUBLIC, ENDPOINT_KEY, ALLOWED, KEEPALIVE, PRESHARED)),
          LIVE,
          "The other ends.");

  static final Shape SHAPE = Shape.of("a WireGuard tunnel", NETWORKS, PRIVATE, PORT, MTU, PEERS);

  private WireguardFile() {}

  /**
   * The tunnel; empty after findings.
   *
   * @param networks of the tenant; empty when they could not be read
   */
  static Optional<Tunnel> read(ResourceName name, Reading reading, Optional<Networks> networks) {
    Values values = SHAPE.read(reading.document().root(), reading);
    if (values == null) {
      return Optional.empty();
    }
    GuestKeys.unique(values, NETWORKS);
    networks.ifPresent(known -> known.checkNames(values, NETWORKS));
    notEmpty(values, NETWORKS);
    Map<String, Values> keys = new HashMap<>();
    for (Values peer : values.list(PEERS)) {
      notEmpty(peer, ALLOWED);
      once(peer, keys);
    }
    return reading.failed() ? Optional.empty() : Optional.of(tunnel(name, values));
  }

  private static Tunnel tunnel(ResourceName name, Values values) {
    List<Tunnel.Peer> peers = new ArrayList<>();
    for (Values peer : values.list(PEERS)) {
      peers.add(
          new Tunnel.Peer(
              peer.find(PEER).map(ResourceName::value).orElse(""),
              peer.get(PUBLIC),
              peer.find(ENDPOINT_KEY).orElse(""),
              peer.list(ALLOWED),
              peer.get(KEEPALIVE),
              peer.find(PRESHARED).orElse("")));
    }
    String key = values.get(PRIVATE);
    Reading reading = values.reading();
    return new Tunnel(
        name,
        key.equals(GENERATE) ? "" : key,
        values.find(PORT).orElse(0),
        values.find(MTU).orElse(0),
        values.list(NETWORKS),
        peers,
        pointer -> reading.document().at(pointer));
  }

  private static <T> void notEmpty(Values values, Key<List<T>> key) {
    if (values.has(key) && values.list(key).isEmpty()) {
      values
          .reading()
          .add(Code.BB204, values.at(key), "`" + key.name() + "` is empty", "at least one", "");
    }
  }

  /** To WireGuard two peers with one key are one peer. */
  private static void once(Values peer, Map<String, Values> keys) {
    if (!peer.has(PUBLIC)) {
      return;
    }
    Values first = keys.putIfAbsent(peer.get(PUBLIC), peer);
    if (first != null) {
      peer.reading()
          .add(
              new Diagnostic(
                  Code.BB305,
                  "public key " + Quote.quote(peer.get(PUBLIC)) + " is that of another peer",
                  peer.at(PUBLIC),
                  "every peer once",
                  "",
                  List.of(new Diagnostic.Note("first declared at", first.at(PUBLIC)))));
    }
  }

  /** A key of 32 bytes, written the one way it can be. */
  private static boolean isKey(String text) {
    try {
      byte[] key = Base64.getDecoder().decode(text);
      return key.length == 32 && Base64.getEncoder().encodeToString(key).equals(text);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
