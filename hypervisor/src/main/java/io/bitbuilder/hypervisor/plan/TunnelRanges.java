package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.model.Tunnel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether what a tenant wants to have behind its peers may be there: nothing of the host's, of
 * another tenant's, or of its own that is somewhere else.
 *
 * <p>What a peer may have is in a routing table that only packets from the tenant's networks look
 * into, so a mistake here would be the tenant's alone. It is told all the same.
 */
final class TunnelRanges {
  private static final List<Taken> SPECIAL =
      List.of(
          special("0.0.0.0/8", "this network"),
          special("127.0.0.0/8", "loopback"),
          special("169.254.0.0/16", "the link alone"),
          special("224.0.0.0/3", "multicast and what is reserved"),
          special("::/127", "loopback"),
          special("fe80::/10", "the link alone"),
          special("ff00::/8", "multicast"));

  private final TenantId tenant;
  private final List<Taken> taken;
  private final Report report;
  private final List<Behind> behind = new ArrayList<>();

  /**
   * The ranges of one tenant's peers.
   *
   * @param taken what none of them may have
   */
  TunnelRanges(TenantId tenant, List<Taken> taken, Report report) {
    this.tenant = tenant;
    this.taken = new ArrayList<>(SPECIAL);
    this.taken.addAll(taken);
    this.report = report;
  }

  /**
   * A range somebody has.
   *
   * @param what it is, for people, as in "overlaps …"
   */
  record Taken(Range range, String what) {
    /** An address or a subnet; empty when the text is neither. */
    static Optional<Taken> of(String text, String what) {
      return Range.parse(text).or(() -> Range.address(text)).map(range -> new Taken(range, what));
    }
  }

  /** What is behind one peer. */
  private record Behind(Range range, Location place) {}

  private static Taken special(String range, String what) {
    return new Taken(Range.parse(range).orElseThrow(), range + ", which is for " + what);
  }

  /** Reports what the peers of a tunnel may not have. */
  void check(Tunnel tunnel) {
    for (int peer = 0; peer < tunnel.peers().size(); peer++) {
      String pointer = "/peers/" + peer;
      List<String> ranges = tunnel.peers().get(peer).allowedIps();
      for (int i = 0; i < ranges.size(); i++) {
        check(ranges.get(i), tunnel.origin().at(pointer + "/allowedIPs/" + i));
      }
      endpoint(tunnel.peers().get(peer).endpoint(), tunnel.origin().at(pointer + "/endpoint"));
    }
  }

  private void check(String text, Location place) {
    Optional<Range> range = Range.parse(text);
    if (range.isEmpty()) {
      report.add(Code.BB209, place, Quote.quote(text) + " is not a valid subnet", "a subnet");
      return;
    }
    if (range.get().prefix() == 0) {
      refuse("range " + text + " is all there is", place);
      return;
    }
    for (Taken other : taken) {
      if (other.range.overlaps(range.get())) {
        refuse("range " + text + " overlaps " + other.what, place);
        return;
      }
    }
    for (Behind other : behind) {
      if (other.range.overlaps(range.get())) {
        report.add(
            new Diagnostic(
                Code.BB415,
                "range " + text + " overlaps what is behind another peer",
                place,
                "every address behind one peer of the tenant",
                "",
                List.of(new Diagnostic.Note("the other one", other.place))));
        return;
      }
    }
    behind.add(new Behind(range.get(), place));
  }

  private void refuse(String what, Location place) {
    report.add(
        Code.BB415,
        place,
        what,
        "what only the peers of tenant `" + tenant + "` have",
        "name the subnets behind the peer, each for itself");
  }

  /** The host must not be made to send to itself or to tenants, past their rules. */
  private void endpoint(String text, Location place) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return;
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    Range.address(host)
        .flatMap(range -> taken.stream().filter(other -> other.range.overlaps(range)).findFirst())
        .ifPresent(other ->
            report.add(
                Code.BB415,
                place,
                "endpoint " + Quote.quote(text) + " is in " + other.what,
                "an address outside of this host",
                ""));
  }
}
