package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;
import static io.bitbuilder.hypervisor.schema.Consequence.RESTART;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.List;
import java.util.Map;

/** network/wireguard/*.yaml. Keys that are secret are named, never written. */
final class WireguardFile {
  static final Scalar<String> PUBLIC_KEY =
      Types.text(
          "public key",
          "44 characters of Base64",
          Code.BB204,
          Map.of("type", "string", "pattern", "^[A-Za-z0-9+/]{43}=$"),
          text ->
              text.length() == 44
                  && text.endsWith("=")
                  && Vocabulary.isMadeOf(text.substring(0, 43), 43, "+/"));
  private static final Scalar<String> ENDPOINT =
      Types.text(
          "endpoint",
          "a host and a port: vpn.example.org:51820",
          Code.BB209,
          Map.of("type", "string"),
          Addresses::isEndpoint);

  private static final Key<String> PUBLIC =
      Key.of("publicKey", PUBLIC_KEY, LIVE, "Who the peer is.").mandatory();
  private static final Key<String> ENDPOINT_KEY =
      Key.of("endpoint", ENDPOINT, LIVE, "Where the peer is.");
  private static final Key<List<String>> ALLOWED =
      Key.of("allowedIPs", new ListOf<>(Addresses.RANGE4), LIVE, "What lies behind the peer.");
  private static final Key<Integer> KEEPALIVE =
      Key.of("keepalive", Amounts.integer(0, 65535), LIVE, "Seconds between two signs of life.");
  private static final Key<String> PRESHARED =
      Key.of("presharedKey", Vocabulary.CREDENTIAL, LIVE, "The credential with the shared key.");

  private static final Key<String> PRIVATE =
      Key.of("privateKey", Vocabulary.CREDENTIAL, RESTART, "The credential with the private key.")
          .mandatory();
  private static final Key<Integer> PORT =
      Key.of("listenPort", Vocabulary.PORT, RESTART, "The port it listens on.");
  private static final Key<List<String>> ADDRESSES =
      Key.of("addresses", new ListOf<>(Addresses.RANGE4), RESTART, "Its own addresses.");
  private static final Key<List<Values>> PEERS =
      Key.of(
          "peers",
          new ListOf<>(Shape.of("a peer", PUBLIC, ENDPOINT_KEY, ALLOWED, KEEPALIVE, PRESHARED)),
          LIVE,
          "The other ends.");

  static final Shape SHAPE = Shape.of("a WireGuard tunnel", PRIVATE, PORT, ADDRESSES, PEERS);

  private WireguardFile() {}

  static void read(Reading reading) {
    SHAPE.read(reading.document().root(), reading);
  }
}
