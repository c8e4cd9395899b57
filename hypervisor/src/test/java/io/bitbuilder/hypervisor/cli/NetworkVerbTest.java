package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class NetworkVerbTest {
  @TempDir Path root;
  private Prepared prepared;

  @BeforeEach
  void prepare() throws IOException {
    prepared = Prepared.threeTenants(root);
  }

  private Prepared.Ran run(String line) throws IOException {
    return prepared.run(line.split(" ", -1));
  }

  /** The verdict and what decides, of a question about acme. */
  private String trace(String question) throws IOException {
    Prepared.Ran ran = run("network trace acme " + question);
    assertThat(ran.err()).isEmpty();
    Map<String, String> fields = new HashMap<>();
    ran.out()
        .lines()
        .forEach(line -> fields.putIfAbsent(line.substring(0, 12).strip(), line.substring(12)));
    assertThat(ran.status())
        .isEqualTo(
            String.valueOf(fields.get("verdict")).equals("passes")
                ? ExitStatus.DONE
                : ExitStatus.NO_WAY);
    return fields.get("verdict") + ": " + fields.get("decided by");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "outside web:443 | passes: network/firewall/10-web.yaml, rule 1 \"the <shop> & \"co\"\"",
        "outside web:80 | does not pass: policy of network lan: in drop",
        "outside host:8080 | passes: published port 8080/tcp of acme/web",
        "203.0.113.9 host:8080 | passes: published port 8080/tcp of acme/web",
        "host web | passes: the host reaches every guest",
        "web gateway:53 | passes: the host serves names",
        "web gateway:53 --protocol=udp | passes: the host serves names",
        "web host:22 | does not pass: the host serves DHCP and names to its tenants' networks, no more",
        "web 10.128.4.1:22 | does not pass: the host serves DHCP and names to its tenants' networks, no more",
        "web 198.51.100.1:22 | does not pass: the host serves DHCP and names to its tenants' networks, no more",
        "web db:80 | passes: policy of network lan: within accept",
        "web db:80 -6 | passes: policy of network lan: within accept",
        "web [fd00:b17b:0:4::3]:80 | passes: policy of network lan: within accept",
        "web fe80::3 | passes: policy of network lan: within accept",
        "fd00:b17b:0:4::2 fd00:b17b:0:4::3 | passes: policy of network lan: within accept",
        "web blue-2/api:80 | does not pass: no way between tenants",
        "blue-2/api web:443 | does not pass: no way between tenants",
        "web 10.128.6.2:80 | does not pass: no way between tenants",
        "web 10.128.4.77:80 | does not pass: nobody has the address 10.128.4.77",
        "web 192.0.2.7:80 | is refused, and the sender is told: network/firewall/20-rest.yaml, rule 1",
        "web 203.0.113.9:80 | passes: policy of network lan: out accept",
        "web 198.51.100.7 | does not pass: interface eth9 is no uplink",
        "web 203.0.113.77 | does not pass: the host knows no way to 203.0.113.77",
        "web 127.0.0.1:80 | passes: it does not leave the sender",
        "web db:80 --source=10.128.4.4 | does not pass: anti-spoofing: 10.128.4.4 is no address of web",
        "web outside | passes: policy of network lan: out accept"
      })
  void answers(String question, String answer) throws IOException {
    prepared.host.said.put(
        "ip -json route get 192.0.2.7 from 10.128.4.2 iif bb-4",
        new Commands.Result(0, "[{\"dev\":\"eth1\"}]", "", false));
    prepared.host.said.put(
        "ip -json route get 203.0.113.77 from 10.128.4.2 iif bb-4",
        new Commands.Result(2, "", "RTNETLINK answers: Network is unreachable", false));
    prepared.host.said.put(
        "ip -json route get 203.0.113.77",
        new Commands.Result(2, "", "RTNETLINK answers: Network is unreachable", false));
    assertThat(trace(question)).isEqualTo(answer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "network nobody | no tenant `nobody`",
        "network acme/web | networks are those of a tenant",
        "network acme blue-2 | unexpected argument `blue-2`",
        "network acme --format=png | --format cannot be `png`",
        "network acme -6 | --ipv6 is for `bitbuilder network trace`",
        "network trace acme web | FROM or TO is missing",
        "network trace acme web db x | unexpected argument `x`",
        "network trace acme web db --format=svg | a trace is no picture",
        "network trace nobody web db | no tenant `nobody`",
        "network trace acme wbe db | tenant `acme` has no container or machine `wbe`",
        "network trace acme web other/db | no tenant `other`",
        "network trace acme we$b db | `we$b` is nobody",
        "network trace acme web 10.0.0.0/8 | `10.0.0.0/8` is nobody",
        "network trace acme web db:0 | no port `0`",
        "network trace acme web db:65536 | no port `65536`",
        "network trace acme web db --protocol=tcp | tcp needs a port",
        "network trace acme web db:80 --protocol=icmp | icmp has no ports",
        "network trace acme web db:80 --protocol=sctp | no protocol `sctp`",
        "network trace acme web 10.128.4.3 -6 | a packet is of IPv4 or of IPv6, not of both",
        "network trace acme web db --source=web | `web` is no address",
        "network trace acme host gateway | `gateway` is the host in the network of a guest",
        "network acme --from=. | --from is for `bitbuilder network trace`",
        "network trace acme web db --from=/no/such/directory | no directory `/no/such/directory`",
        "network trace acme --questions=/no/such/file | cannot read `/no/such/file`"
      })
  void whatCannotBeAsked(String line, String message) throws IOException {
    Prepared.Ran ran = run(line);
    assertThat(ran.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(ran.err()).startsWith("error: " + message);
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void aTenantMayBeCalledTrace() throws IOException {
    TenantId trace = new TenantId("trace");
    prepared.add(trace, "e".repeat(40), "Start", "one");
    prepared.selection.put(trace, 1);
    prepared.finish();
    assertThat(run("network trace").out()).startsWith("trace  generation 1\n");
    assertThat(run("network trace trace one outside:80").out()).startsWith("verdict     passes\n");
  }

  @Test
  void manyQuestionsAtOnce() throws IOException {
    Path file = root.resolve("questions");
    Files.writeString(
        file,
        """
        # who may reach the shop
        outside web:443
        web     db:53 udp 6   # names
        web     blue-2/api
        """);
    Prepared.Ran ran = run("network trace acme --json --questions=" + file);
    assertThat(ran.status()).isEqualTo(ExitStatus.NO_WAY);
    List<String> answers = new ArrayList<>();
    if (Json.parseObject(ran.out()).get("answers") instanceof List<?> list) {
      for (Object one : list) {
        Map<?, ?> answer = (Map<?, ?>) one;
        answers.add(answer.get("family") + " " + answer.get("passes"));
      }
    }
    assertThat(answers).containsExactly("ipv4 true", "ipv6 true", "ipv4 false");
    assertThat(run("network trace acme --questions=" + file).out().lines().toList())
        .hasSize(4)
        .anyMatch(line -> line.endsWith("no way between tenants"));
    Files.writeString(file, "outside web:443\nweb\n");
    assertThat(run("network trace acme --questions=" + file).err())
        .startsWith("error: line 2: a question has two sides");
  }

  @Test
  void withoutNftTheRestIsShown() throws IOException {
    prepared.host.said.put(
        "nft --json list chain inet bitbuilder acme/lan/in",
        new Commands.Result(1, "", "Error: Operation not permitted\nmore", false));
    Prepared.Ran ran = run("network acme");
    assertThat(ran.status()).isZero();
    assertThat(ran.out())
        .contains("note     counters: nft: Error: Operation not permitted\n")
        .contains("network lan  nat")
        .contains("1  accept tcp 443 from outside to web");
  }

  @Test
  void chainsThatSomebodyChangedAreSaidToBe() throws IOException {
    prepared.host.said.put(
        "nft --json list chain inet bitbuilder acme/lan/in",
        new Commands.Result(0, "{\"nftables\": []}", "", false));
    assertThat(run("network acme").out())
        .contains("note     counters: chain acme/lan/in of the kernel is not as it was applied\n");
  }

  @Test
  void whatIsNotAppliedIsSaidToBeSo() throws IOException {
    Path applied = root.resolve("run/tenants/acme/firewall.nft");
    String text = Files.readString(applied);
    Files.writeString(applied, text.replace("tcp dport 443", "tcp dport 444"));
    assertThat(run("network acme").out())
        .contains("note     what is applied is not what generation 2 says\n");
    assertThat(trace("outside web:444")).startsWith("passes: ");
    assertThat(run("network trace acme outside web:444").out())
        .contains("note        tenant acme: what is applied is not what generation 2 says\n");

    Files.delete(applied);
    assertThat(run("network acme").out())
        .contains("note     its networks are not up: nothing of its rules is applied\n");
    assertThat(trace("outside web:443")).startsWith("passes: ");

    Files.writeString(applied, "flush ruleset\n");
    assertThat(run("network acme").out()).contains("note     rules: line 1: ");
    // Without its rules nothing of a tenant leads anywhere.
    assertThat(trace("outside web:443")).startsWith("does not pass: ");
  }

  @Test
  void leasesOfAnotherBootAreNone() throws IOException {
    Files.writeString(root.resolve("proc/sys/kernel/random/boot_id"), "0\n");
    assertThat(run("network acme").out()).doesNotContain("lease");
    Path leases = root.resolve("var/lib/systemd/network/dhcp-server-lease/bb-4");
    Files.writeString(leases, "{");
    assertThat(run("network acme").out()).contains("note     leases of bb-4: ");
  }

  @Test
  void aHostWithoutUplinkAndWithoutIp() throws IOException {
    Files.delete(root.resolve("run/bitbuilder/firewall/uplinks"));
    assertThat(run("network").out()).startsWith("uplinks  none\n");
    assertThat(trace("web outside")).isEqualTo("does not pass: the host has no uplink");
  }

  @Test
  void aGuestThatIsDownIsSaidToBe() throws IOException {
    assertThat(run("network trace acme web job:80").out())
        .contains("note        acme/job is failed\n");
  }

  @Test
  void theGeneralCaseAndTheExceptions() throws IOException {
    assertThat(run("network trace acme web outside:80").out())
        .contains("but         to 192.0.2.0/24 it is refused, and the sender is told: ");
    assertThat(run("network trace acme web 203.0.113.9:80").out()).doesNotContain("but ");
  }

  @Test
  void generationsOfBeforeTellLess() throws IOException {
    Path manifest = root.resolve("var/lib/bitbuilder/generations/tenants/acme/2/manifest.json");
    Map<String, Object> before = new LinkedHashMap<>(Json.parseObject(Files.readString(manifest)));
    before.remove("networks");
    before.remove("rules");
    Files.writeString(manifest, Json.pretty(before));
    assertThat(run("network acme").out()).contains("made by an earlier version");
    assertThat(trace("outside web:443")).isEqualTo("passes: rule 1");
  }

  private static List<Element> elements(String svg, String name) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    NodeList found =
        factory
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
            .getElementsByTagName(name);
    List<Element> list = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      list.add((Element) found.item(i));
    }
    return list;
  }

  /** Well-formed, within its frame, nothing over anything else, and nothing that runs. */
  @Test
  void thePictureIsOne() throws Exception {
    for (String line : List.of("network acme --format=svg", "network --format=svg")) {
      String svg = run(line).out();
      List<Element> all = elements(svg, "*");
      Set<String> names = new HashSet<>();
      all.forEach(element -> names.add(element.getTagName()));
      assertThat(names).isSubsetOf("svg", "title", "rect", "text", "circle", "path");
      all.forEach(element -> {
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
          assertThat(element.getAttributes().item(i).getNodeName()).doesNotStartWith("on");
        }
      });
      int width = Integer.parseInt(all.getFirst().getAttribute("width"));
      int height = Integer.parseInt(all.getFirst().getAttribute("height"));
      Set<String> places = new HashSet<>();
      for (Element text : elements(svg, "text")) {
        int x = Integer.parseInt(text.getAttribute("x"));
        int y = Integer.parseInt(text.getAttribute("y"));
        assertThat(places.add(x + " " + y)).as("place of %s", text.getTextContent()).isTrue();
        assertThat(y).isBetween(10, height - 5);
        assertThat(x + text.getTextContent().length() * 7).isLessThan(width);
      }
    }
    assertThat(run("network acme --format=svg").out())
        .contains("&lt;shop&gt; &amp; &quot;co&quot;");
  }
}
