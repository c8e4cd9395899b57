package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is pushed runs; what is wrong changes nothing; what does not come up is undone. */
@Tag("scenario")
final class PushScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("push");

  private static final String FAILING =
      Tree.IDLE
          + """
          health:
            checks:
              - {exec: [/bin/false], interval: 200ms, timeout: 1s}
          """;

  private static final Tree ACME = Tree.tenant("acme").idle("web");

  private final Site site = SCENE.site();

  @BeforeAll
  static void tenantsRun() {
    Site site = SCENE.site();
    site.push("acme", "first", ACME);
    site.push("other", "first", Tree.tenant("other").idle("db"));
    site.register("acme", "other").publish();
    site.sync(0);
    assertThat(site.invocations()).hasSize(2);
  }

  @Test
  void aPushedContainerRunsAndNobodyElseIsRestarted() {
    SortedMap<String, String> before = site.invocations();
    String commit = site.push("acme", "add api", ACME.idle("api"));

    assertThat(site.sync(0)).contains("acme").doesNotContain("other");

    Json api = site.container("acme", "api");
    assertThat(api.at("state").text()).isEqualTo("active");
    assertThat(api.at("address").text()).startsWith("10.");
    assertThat(site.within("acme", "api", "ip -4 -o address show host0"))
        .contains(api.at("address").text());
    assertThat(site.tenant("acme").at("generation", "commit").text()).isEqualTo(commit);
    SortedMap<String, String> after = site.invocations();
    assertThat(after).containsAllEntriesOf(before).hasSize(before.size() + 1);
    assertThat(after).containsKey(Site.unit("acme", "api"));

    site.push("acme", "drop api", ACME);
    site.sync(0);
    assertThat(site.invocations()).isEqualTo(before);
  }

  @Test
  void syncWithoutAChangeIsSilentAndTouchesNothing() {
    SortedMap<String, String> before = site.invocations();
    String selection = site.host().sh("readlink /var/lib/bitbuilder/generations/current");
    // More often in a row than systemd lets a unit start by default.
    for (int i = 0; i < 8; i++) {
      assertThat(site.sync(0)).isEmpty();
    }
    assertThat(site.invocations()).isEqualTo(before);
    assertThat(site.host().sh("readlink /var/lib/bitbuilder/generations/current"))
        .isEqualTo(selection);
  }

  @Test
  void aBadCommitChangesNothingAndIsExplained() {
    SortedMap<String, String> before = site.invocations();
    String good = site.tenant("acme").at("generation", "commit").text();
    site.push(
        "acme", "typo", ACME.container("web", "image: host\nboot: true\nlimits:\n  memroy: 1G\n"));

    assertThat(site.sync(3)).contains("acme", "BB201");

    assertThat(site.invocations()).isEqualTo(before);
    Json tenant = site.tenant("acme");
    assertThat(tenant.at("state").text()).isEqualTo("running");
    assertThat(tenant.at("generation", "commit").text()).isEqualTo(good);
    Json finding = tenant.at("findings", 0);
    assertThat(finding.at("code").text()).isEqualTo("BB201");
    for (String verb : new String[] {"status", "log"}) {
      assertThat(site.host().succeeds("bitbuilder", verb))
          .contains("containers/web/config.yaml:4:3", "memroy", "memory", "help:");
    }

    site.push("acme", "mended", ACME);
    site.sync(0);
    assertThat(site.tenant("acme").at("findings").list()).isEmpty();
    assertThat(site.invocations()).isEqualTo(before);
  }

  @Test
  void anUnhealthyCommitIsUndoneRefusedAndNotTriedAgain() {
    SortedMap<String, String> before = site.invocations();
    String good = site.tenant("acme").at("generation", "commit").text();
    String bad = site.push("acme", "unhealthy", ACME.container("web", FAILING).idle("extra"));

    assertThat(site.sync(5)).contains("acme", "rolled-back", bad.substring(0, 12));

    Json tenant = site.tenant("acme");
    assertThat(tenant.at("generation", "commit").text()).isEqualTo(good);
    assertThat(tenant.at("state").text()).isEqualTo("running");
    assertThat(site.json("describe", "acme").at("refused").where("commit", bad).at("why").text())
        .contains("web");
    assertThat(site.host().succeeds("bitbuilder", "log", "acme")).contains("refused", "web");
    SortedMap<String, String> after = site.invocations();
    assertThat(after).containsOnlyKeys(before.keySet());
    assertThat(after).containsEntry(Site.unit("other", "db"), before.get(Site.unit("other", "db")));

    site.sync();
    assertThat(site.invocations()).isEqualTo(after);
    assertThat(site.json("describe", "acme").at("generations").list())
        .filteredOn(one -> one.at("commit").text().equals(bad))
        .hasSize(1);

    String next = site.push("acme", "healthy again", ACME.with("note", "1").idle("next"));
    site.sync(0);
    assertThat(site.tenant("acme").at("generation", "commit").text()).isEqualTo(next);
    assertThat(site.container("acme", "next").at("state").text()).isEqualTo("active");
    site.push("acme", "as before", ACME);
    site.sync(0);
  }

  @Test
  void twoSyncsAtOnceDoTheWorkOnce() {
    site.push("acme", "for two", ACME.idle("pair"));
    String both =
        site.host()
            .sh(
                """
                bitbuilder sync >/tmp/one 2>&1 & one=$!
                bitbuilder sync >/tmp/two 2>&1 & two=$!
                wait $one; first=$?
                wait $two; echo $first $?\
                """);
    assertThat(both).isEqualTo("0 0");
    assertThat(site.container("acme", "pair").at("state").text()).isEqualTo("active");
    assertThat(site.json("log", "acme").at("entries").list())
        .filteredOn(one -> one.at("subject").text().equals("for two"))
        .filteredOn(one -> one.at("event").text().equals("healthy"))
        .hasSize(1);
    site.push("acme", "for one", ACME);
    site.sync(0);
    assertThat(new TreeMap<>(site.invocations())).doesNotContainKey(Site.unit("acme", "pair"));
  }
}
