package io.bitbuilder.hypervisor.model;

import java.util.List;

/**
 * A WireGuard tunnel between networks of a tenant and its peers, as the tenant declares it. It has
 * no address of its own: whatever address the host had for it would be the host's for everybody.
 *
 * @param name that of its file
 * @param privateKey the credential with its key; empty for one that the host makes and keeps
 * @param listenPort the port of the host it listens on; 0 for one of the kernel's choice, by which
 *     no peer can begin
 * @param mtu the largest packet inside, 0 for what the kernel takes
 * @param networks those its peers reach, and no others
 */
public record Tunnel(
    ResourceName name,
    String privateKey,
    int listenPort,
    int mtu,
    List<ResourceName> networks,
    List<Peer> peers,
    Origin origin) {
  public Tunnel {
    networks = List.copyOf(networks);
    peers = List.copyOf(peers);
  }

  /** Whether its key is made by the host. */
  public boolean isGenerated() {
    return privateKey.isEmpty();
  }

  /**
   * The other end.
   *
   * @param name for people, or empty
   * @param publicKey 44 characters of Base64
   * @param endpoint host and port it is called at, or empty: it calls
   * @param allowedIps what lies behind it, in CIDR notation: it may send from there, and what is
   *     for there is sent to it
   * @param keepalive seconds between two signs of life, 0 for none
   * @param presharedKey the credential with a further secret both share, or empty
   */
  public record Peer(
      String name,
      String publicKey,
      String endpoint,
      List<String> allowedIps,
      int keepalive,
      String presharedKey) {
    public Peer {
      allowedIps = List.copyOf(allowedIps);
    }
  }
}
