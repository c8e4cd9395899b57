package io.bitbuilder.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A client of name servers inside containers of a site: {@code dns.pl}, in /usr of the host, which
 * is that of {@code image: host} as well.
 */
final class NameClient {
  /** How a shell line calls it. */
  static final String PERL = "perl /usr/lib/dns.pl ";

  private final Site site;

  private NameClient(Site site) {
    this.site = site;
  }

  static NameClient of(Site site) {
    return new NameClient(site);
  }

  static NameClient install(Site site) {
    try (InputStream client =
        Objects.requireNonNull(NameClient.class.getResourceAsStream("/dns.pl"))) {
      site.host()
          .write("/usr/lib/dns.pl", new String(client.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return of(site);
  }

  String address(String tenant, String container) {
    return site.container(tenant, container).at("address").text();
  }

  String address6(String tenant, String container) {
    return site.container(tenant, container).at("address6").text();
  }

  /** The host's address of one family in the network of a container. */
  String server(String tenant, String container, int family) {
    String bridge = site.container(tenant, container).at("bridge").text();
    return site.host()
        .sh(
            "ip -\"$1\" -o address show dev \"$2\" scope global | awk '{print $4}' | cut -d/ -f1",
            String.valueOf(family),
            bridge);
  }

  /** What the server of its network tells a container of acme. */
  String ask(String container, String protocol, String name, String type) {
    return site.within(
        "acme", container, PERL + "ask \"$@\"", server("acme", container, 4), protocol, name, type);
  }

  /** The name server of a network. */
  static String service(String tenant, String network) {
    return "tenant-names@" + tenant + "-" + network + ".service";
  }

  /** The process of the name server of a network; 0 when there is none. */
  String process(String tenant, String network) {
    return site.host().sh("systemctl show -P MainPID \"$1\"", service(tenant, network));
  }
}
