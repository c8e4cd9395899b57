package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.model.TenantId;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What {@code firewall.nft} of a staged generation may say: elements of the sets and maps a tenant
 * has a part in, chains named after it, and rules in those, each in the one form the compiler
 * writes. Which interfaces, addresses and ports are the tenant's is a claim, as they are nobody
 * else's.
 */
final class FirewallContents {
  private static final int LIMIT = 20_000;

  private static final String LINK = "\"(?:vb-[A-Za-z0-9_.-]{1,12}|bm-[0-9]{1,5})\"";
  private static final String OWN = "\"b[br]-[a-z0-9-]{1,12}\"";
  private static final String ANY = "(?:" + OWN + "|\"bw-[0-9]{1,9}\")";
  private static final String SPAN = "\"bx-[0-9]{1,8}\"";
  private static final String FOUR = "[0-9]{1,3}(?:\\.[0-9]{1,3}){3}";
  private static final String SIX = "[0-9a-f:]{2,39}";
  private static final String CIDR4 = FOUR + "(?:/[0-9]{1,2})?";
  private static final String CIDR6 = SIX + "(?:/[0-9]{1,3})?";
  private static final String MAC = "[0-9a-f]{2}(?::[0-9a-f]{2}){5}";
  private static final String PORTS = "[0-9]{1,5}(?:-[0-9]{1,5})?";
  private static final String NAME = "[a-z0-9-]{1,31}";
  private static final String PORT = "(?:6|17) \\. [0-9]{1,5} : ";
  private static final String OPEN = " { ";
  private static final String CLOSE = " }";
  private static final String VERDICT = "(?:accept|drop|reject with icmpx admin-prohibited)";

  private static final String NEIGHBOURS =
      " icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept";
  private static final List<Pattern> ITEMS =
      List.of(Pattern.compile(CIDR4), Pattern.compile(CIDR6), Pattern.compile(PORTS));

  private final Map<String, Pattern> elements;
  private final List<Pattern> lines;
  private final String chains;

  FirewallContents(TenantId tenant) {
    String chain = tenant + "/" + NAME + "/(?:within|out|in|(?:to|tunnel|peers)/" + NAME + ")";
    String connections = tenant + "/connections";
    this.chains = "add rule inet bitbuilder " + tenant + "/";
    this.elements = elements(tenant, chain);
    String rule = "add rule inet bitbuilder " + chain + " ";
    String match =
        "(?:ip saddr "
            + CIDR4
            + " |ip6 saddr "
            + CIDR6
            + " )?(?:ip daddr "
            + CIDR4
            + " |ip6 daddr "
            + CIDR6
            + " )?(?:meta l4proto [0-9]{1,2} |(?:tcp|udp) dport "
            + PORTS
            + " )?";
    this.lines =
        List.of(
            Pattern.compile(
                "add limit bridge bitbuilder "
                    + tenant
                    + "/"
                    + NAME
                    + "/(?:sends|receives)"
                    + " rate over [0-9]{1,12} bytes/second burst [0-9]{1,12} bytes"),
            Pattern.compile("add chain inet bitbuilder (?:" + chain + "|" + connections + ")"),
            Pattern.compile(
                "add rule inet bitbuilder "
                    + connections
                    + " ct state new ct count over [0-9]{1,7} counter drop"),
            Pattern.compile(rule + "jump " + connections),
            Pattern.compile(rule + "ct status dnat counter accept"),
            Pattern.compile(rule + "meta nfproto ipv[46] counter drop"),
            Pattern.compile(rule + match + "counter " + VERDICT + "(?: comment \"[0-9]{1,5}\")?"),
            Pattern.compile(
                rule
                    + match
                    + "limit rate 10/second burst 20 packets log prefix \"bitbuilder "
                    + tenant
                    + " [0-9]{1,5}: \""));
  }

  private static String limited(TenantId tenant, String direction) {
    return LINK + " : \"" + tenant + "/" + NAME + "/" + direction + "\"";
  }

  private static Map<String, Pattern> elements(TenantId tenant, String chain) {
    return Map.ofEntries(
        element("bridge bitbuilder links", LINK),
        element("bridge bitbuilder macs", LINK + " \\. " + MAC),
        element("bridge bitbuilder addresses4", LINK + " \\. " + FOUR),
        element("bridge bitbuilder addresses6", LINK + " \\. " + SIX),
        element("bridge bitbuilder sends", limited(tenant, "sends")),
        element("bridge bitbuilder receives", limited(tenant, "receives")),
        element("bridge bitbuilder spans", SPAN),
        element("bridge bitbuilder spanned4", SPAN + " \\. " + FOUR),
        element("bridge bitbuilder spanned6", SPAN + " \\. " + SIX),
        element("inet bitbuilder bridges", ANY),
        element("inet bitbuilder masqueraded", OWN),
        element("inet bitbuilder gateways4", OWN + " \\. " + FOUR),
        element("inet bitbuilder gateways6", OWN + " \\. " + SIX),
        element("inet bitbuilder served4", FOUR),
        element("inet bitbuilder served6", SIX),
        element("inet bitbuilder ways", ANY + " \\. " + ANY + " : (?:accept|goto " + chain + ")"),
        element("inet bitbuilder out", OWN + " : goto " + chain),
        element("inet bitbuilder in", OWN + " : goto " + chain),
        element("inet bitbuilder published4", PORT + FOUR + " \\. [0-9]{1,5}"),
        element("inet bitbuilder published6", PORT + SIX + " \\. [0-9]{1,5}"));
  }

  boolean admits(String content) {
    return content.endsWith("\n")
        && content.lines().count() <= LIMIT
        && content.lines().allMatch(this::admitsLine);
  }

  private boolean admitsLine(String line) {
    String element = "add element ";
    if (line.startsWith(element)) {
      int open = line.indexOf(OPEN);
      Pattern item = open < 0 ? null : elements.get(line.substring(element.length(), open));
      return item != null
          && line.endsWith(CLOSE)
          && matches(item, line.substring(open + OPEN.length(), line.length() - CLOSE.length()));
    }
    if (line.startsWith(chains) && line.endsWith(NEIGHBOURS)) {
      return line.indexOf(' ', chains.length()) == line.length() - NEIGHBOURS.length();
    }
    String reduced = reduced(line);
    return lines.stream().anyMatch(pattern -> pattern.matcher(reduced).matches());
  }

  /** With the first item in place of each list, all of one kind: what follows is short. */
  private static String reduced(String line) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (int open = line.indexOf(OPEN); open >= 0; open = line.indexOf(OPEN, at)) {
      int close = line.indexOf(CLOSE, open);
      if (close < 0) {
        return "";
      }
      String items = line.substring(open + OPEN.length(), close);
      if (ITEMS.stream().noneMatch(kind -> matches(kind, items))) {
        return "";
      }
      out.append(line, at, open + 1).append(items.split(", ", 2)[0]);
      at = close + CLOSE.length();
    }
    return out.append(line.substring(at)).toString();
  }

  private static boolean matches(Pattern item, String items) {
    return List.of(items.split(", ", -1)).stream().allMatch(each -> item.matcher(each).matches());
  }

  private static Map.Entry<String, Pattern> element(String set, String item) {
    return Map.entry(set, Pattern.compile(item));
  }
}
