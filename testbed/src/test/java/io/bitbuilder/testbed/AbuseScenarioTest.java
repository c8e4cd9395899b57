package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.testbed.abuse.Attack;
import io.bitbuilder.testbed.abuse.Findings;
import io.bitbuilder.testbed.abuse.HostileList;
import io.bitbuilder.testbed.abuse.HostileRepositories;
import io.bitbuilder.testbed.abuse.Report;
import io.bitbuilder.testbed.abuse.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Everything a tenant may try against the host, at once; see docs/reference/abuse.md. */
@Tag("scenario")
final class AbuseScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("abuse");

  private static final String LITTLE = "{" + Attack.LITTLE + "}";
  private static final String SERVING =
      Tree.IDLE + "volumes: [{name: data, path: /srv}]\nlabels: [secret]\n";

  /**
   * Those that never answer take 20 s each, four at a time; it took one to two minutes on two
   * processors, and a testing machine may have much to do.
   */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private static final String PLANT =
      """
      mkdir -p /srv/safe /srv/packs
      printf '%s\\n' "$1" | tee /etc/canary /etc/canary-open /root/canary /srv/safe/canary >/srv/canary
      chmod 600 /etc/canary /root/canary
      chmod 644 /etc/canary-open
      printf '%s\\n' "$2" >/srv/secret
      printf 'secret-%s\\n' "$1" >/etc/credstore/tenant.innocent.token
      printf 'token:%s\\n' "$1" >/etc/credstore/bitbuilder.hostile
      chmod 600 /etc/credstore/*
      mkfifo /srv/fifo
      """;

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  /** Without dashes, so that it is found in whatever was made of it. */
  private static String random() {
    return java.util.UUID.randomUUID().toString().replace("-", "");
  }

  private void innocent(String secret) {
    site.quota(LITTLE.replace("16M", "64M"));
    site.config(Site.defaultConfig() + "sync: {timeout: 20s}\n");
    site.push(
        "innocent",
        "first",
        Tree.tenant("innocent", LITTLE.replace("16M", "64M"))
            .container("web", SERVING)
            .with("containers/web/rootfs-overlay/etc/secret", secret + "\n")
            .with(
                "network/topology.yaml",
                "networks: [{name: private, bridge: br-innocent, ipv4: 10.200.0.0/24}]\n"));
    site.push(
        "neighbour", "first", Tree.tenant("neighbour", LITTLE.replace("16M", "64M")).idle("web"));
    site.register("innocent", site.git().url("innocent"), ", \"vnis\": [77]");
    site.register("neighbour").publish();
    site.sync(0);
  }

  private void register(List<Attack> attacks) {
    site.quota(
        LITTLE
            .replace("16M", "64M")
            .replace("0.1", "0.2")
            .replace("}", ", \"containers\": 20, \"machines\": 1}"));
    for (Attack attack : attacks) {
      boolean told = attack.id().startsWith("server-redirect");
      site.register(
          attack.id(),
          attack.url().isEmpty() ? site.git().url(attack.id()) : attack.url(),
          told ? ", \"credential\": \"hostile\"" : "");
    }
    site.publish();
  }

  private List<Findings> verdicts(List<Attack> attacks) {
    Json tenants = site.json("status").at("tenants");
    List<Findings> found = new ArrayList<>();
    for (Attack attack : attacks) {
      found.add(Findings.of(attack, tenants.where("id", attack.id()), host));
    }
    return found;
  }

  /**
   * Beside those that talk without end a machine with few processors may have no time for one that
   * answers. It is asked once more, alone, for what it has to say.
   */
  private List<Findings> again(List<Findings> found) {
    List<Attack> late =
        found.stream()
            .filter(each -> !each.passed() && each.says().contains("no complete answer within"))
            .map(Findings::attack)
            .toList();
    if (late.isEmpty()) {
      return found;
    }
    found.stream()
        .map(Findings::attack)
        .filter(attack -> !late.contains(attack))
        .forEach(attack -> site.unregister(attack.id()));
    site.publish();
    site.sync();
    List<Findings> all = new ArrayList<>(found);
    all.removeIf(each -> late.contains(each.attack()));
    all.addAll(verdicts(late));
    return all;
  }

  /** Where a canary is that should not be. */
  private String leaks(String canary, String output) {
    String places =
        """
        { bitbuilder status --json; journalctl --boot --no-pager --output=cat; systemctl status --no-pager -n 20; } 2>/dev/null |
          grep -F -m 3 -e "$1" || :
        journalctl --boot --no-pager --output=cat | grep '^\\(<0>\\)\\?forged-line' || :
        grep -rlFs -e "$1" /var/lib/bitbuilder /run/bitbuilder /run/tenants /run/systemd /tmp /var/tmp \
          $(ls -d /var/lib/tenants/* | grep -v /innocent) || :
        cat /srv/calls 2>/dev/null || :
        """;
    return host.sh(places, canary) + (output.contains(canary) ? "output of sync" : "");
  }

  @Test
  void whateverTheyTryNothingComesOfIt() throws IOException {
    String canary = random();
    String secret = random();
    host.sh(PLANT, canary, secret);
    innocent(secret);
    host.sh("printf '%s\\n' \"$1\" >/var/lib/tenants/innocent/volumes/data/canary", canary);
    host.write("/srv/hostile-server.py", Talk.resource("hostile-server.py"));
    host.sh("systemd-run --quiet --unit=hostile-server python3 /srv/hostile-server.py");
    List<Attack> attacks = HostileList.all();
    HostileRepositories.push(attacks, host);
    // It looks for something it cannot have, and says so.
    host.allowFailed("tenant-script@script\\x2dlook-pre\\x2dprovision.service");
    SortedMap<String, String> running = site.invocations();
    Map<String, List<String>> before = Watch.of(host);

    register(attacks);
    Instant start = Instant.now();
    Host.Output output = site.sync();
    Duration took = Duration.between(start, Instant.now());
    List<Findings> found = verdicts(attacks);
    String leaks = leaks(canary, output.text());
    String doctor = host.shell("bitbuilder doctor").text();
    SortedMap<String, String> after = site.invocations();
    after.keySet().retainAll(running.keySet());
    found = again(found);

    for (Attack attack : attacks) {
      site.unregister(attack.id());
    }
    site.publish();
    Host.Output last = site.sync();
    List<String> differences = Watch.difference(before, Watch.of(host));

    long failed = found.stream().filter(each -> !each.passed()).count();
    String summary =
        "%d attacks, %d as expected, %d not; sync took %d s and exited with %d; memory %s"
            .formatted(
                attacks.size(),
                attacks.size() - failed,
                failed,
                took.toSeconds(),
                output.exit(),
                peaks());
    write(
        results(
            found, summary, leaks, String.join("\n", differences), doctor, String.valueOf(last)));
    assertThat(leaks).as("where the canary is").isEmpty();
    assertThat(after).as("innocent tenants").isEqualTo(running);
    assertThat(differences).as("of the host").isEmpty();
    assertThat(found).filteredOn(each -> !each.passed()).isEmpty();
    assertThat(complaints(doctor)).as("what doctor says").isEmpty();
    assertThat(took).isLessThan(LONGEST);
  }

  /** A host of this kind has no controllers of its own; nothing else may be wrong. */
  private static List<String> complaints(String doctor) {
    return doctor.lines().filter(line -> line.matches("error(?! +cgroups|\\[BB702\\]).*")).toList();
  }

  private static String results(List<Findings> found, String summary, String... further) {
    List<String> titles = List.of("leaks", "differences", "doctor", "at last");
    StringBuilder text = new StringBuilder(summary);
    for (int i = 0; i < further.length; i++) {
      text.append("\n\n").append(titles.get(i)).append(":\n").append(further[i]);
    }
    return Report.results(found, text.toString());
  }

  /** The most memory the services had, where the kernel counts it. */
  private String peaks() {
    return host.sh(
            "for s in fetch compile activate; do systemctl show -P MemoryPeak bitbuilder-$s.service; done")
        .replace("\n", ", ");
  }

  private static void write(String results) throws IOException {
    Path target =
        Files.createDirectories(Lane.script("build/test").resolve("../../target").normalize());
    Files.writeString(target.resolve("abuse.md"), results);
  }
}
