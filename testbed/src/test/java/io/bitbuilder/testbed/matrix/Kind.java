package io.bitbuilder.testbed.matrix;

import java.util.Locale;

/** What a probe is, with what counts as its success. */
public enum Kind {
  /** An echo request from a raw socket. */
  ICMP(Proof.ECHO),
  /** A connection, some bytes, and the same bytes back. */
  TCP(Proof.ECHO),
  UDP(Proof.PACKET),
  /** A datagram to the port of name servers. */
  DNS(Proof.PACKET),
  /** A datagram as a frame to the very MAC address of the receiver, wherever it is. */
  DIRECT(Proof.PACKET),
  /** A datagram as a frame to the MAC address of the host, for the host to pass on. */
  ROUTED(Proof.PACKET),
  ARP(Proof.CLAIM),
  ND(Proof.CLAIM),
  BROADCAST(Proof.PACKET),
  MULTICAST(Proof.PACKET),
  DHCP_DISCOVER(Proof.PACKET),
  ROUTER_SOLICITATION(Proof.PACKET),
  ROUTER_ADVERTISEMENT(Proof.FRAME),
  REDIRECT(Proof.FRAME),
  DHCP_OFFER(Proof.FRAME),
  SPOOFED_MAC(Proof.FRAME),
  SPOOFED_IP(Proof.FRAME),
  VLAN(Proof.FRAME),
  FORGED_ARP(Proof.FRAME),
  FORGED_ND(Proof.FRAME),
  /** Frames that are neither IP nor ARP. */
  ODD(Proof.FRAME);

  /** What has to be seen, by whom. */
  enum Proof {
    /** The receiver sees it and the sender its echo; of the host, its sockets. */
    ECHO,
    /** The receiver sees it; of the host, its sockets. */
    PACKET,
    /** The receiver sees it; of the host, already the bridge that hands it up. */
    FRAME,
    /** The sender learns the MAC address of the receiver. */
    CLAIM
  }

  private final Proof proof;

  Kind(Proof proof) {
    this.proof = proof;
  }

  Proof proof() {
    return proof;
  }

  /** Whether it pretends to be something it is not. */
  public boolean isForged() {
    return proof == Proof.FRAME;
  }

  /** Its name in rules and findings. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
