package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Looking ahead, going back by hand, and keeping what one may want to go back to. */
@Tag("scenario")
final class RollbackScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("rollback");

  private static final Tree ACME = Tree.tenant("acme").idle("web");

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void oneTenantRuns() {
    Site site = SCENE.site();
    site.push("acme", "one", ACME);
    site.push("other", "one", Tree.tenant("other").idle("db"));
    site.config(Site.defaultConfig() + "retention: {generations: 3}\n")
        .register("acme", "other")
        .publish();
    site.sync(0);
  }

  private Json generation() {
    return site.tenant("acme").at("generation");
  }

  @Test
  void goingBackByHandIsAnActivationThatTheNextSyncDoesNotFight() {
    String first = generation().at("number").text();
    String firstCommit = generation().at("commit").text();
    String second = site.push("acme", "two", ACME.idle("extra"));
    site.sync(0);
    assertThat(generation().at("commit").text()).isEqualTo(second);
    SortedMap<String, String> before = site.invocations();

    host.succeeds("bitbuilder", "rollback", "acme");

    assertThat(generation().at("number").text()).isEqualTo(first);
    SortedMap<String, String> after = site.invocations();
    assertThat(before).containsAllEntriesOf(after).containsKey(Site.unit("acme", "extra"));
    assertThat(after).doesNotContainKey(Site.unit("acme", "extra"));
    site.sync();
    assertThat(generation().at("commit").text()).isEqualTo(firstCommit);
    assertThat(site.json("describe", "acme").at("refused").toString()).contains(second);

    String third = site.push("acme", "three", ACME.idle("extra", "more"));
    site.sync(0);
    assertThat(generation().at("commit").text()).isEqualTo(third);
    assertThat(site.invocations()).containsKey(Site.unit("acme", "more"));
    site.push("acme", "four", ACME);
    site.sync(0);
  }

  @Test
  void whatIsPinnedIsNotPruned() {
    String pinned = generation().at("number").text();
    host.succeeds("bitbuilder", "pin", "acme", pinned);
    for (int n = 0; n < 4; n++) {
      site.push("acme", "round " + n, ACME.with("note", "" + n).idle("n" + n));
      site.sync(0);
    }
    assertThat(site.json("describe", "acme").at("generations").list())
        .extracting(one -> one.at("number").text())
        .contains(pinned)
        .hasSize(4);
    host.succeeds("bitbuilder", "rollback", "acme", pinned);
    assertThat(generation().at("number").text()).isEqualTo(pinned);
    host.succeeds("bitbuilder", "unpin", "acme", pinned);
    site.push("acme", "onwards", ACME);
    site.sync(0);
  }

  @Test
  void planSaysWhatWouldChangeAndChangesNothing() {
    SortedMap<String, String> before = site.invocations();
    Tree next = ACME.container("web", Tree.IDLE + "environment: {A: b}\n").idle("extra");
    next.files().forEach((path, text) -> host.write("/root/acme/" + path, text));

    String plan = host.succeeds("bitbuilder", "plan", "--from=/root/acme");
    assertThat(plan).contains("web", "restart", "extra", "start");
    assertThat(host.succeeds("bitbuilder", "validate", "/root/acme")).doesNotContain("error");

    assertThat(site.invocations()).isEqualTo(before);
    assertThat(site.sync(0)).isEmpty();
    host.write("/root/acme/containers/web/config.yaml", "image: host\nbot: true\n");
    assertThat(host.exec("bitbuilder", "validate", "/root/acme"))
        .satisfies(output -> assertThat(output.exit()).isEqualTo(3))
        .satisfies(output ->
            assertThat(output.text()).contains("BB201", "containers/web/config.yaml:2:1", "boot"));
  }

  @Test
  void diffShowsTwoGenerations() {
    String from = generation().at("number").text();
    site.push(
        "acme", "environment", ACME.container("web", Tree.IDLE + "environment: {NEW: value}\n"));
    site.sync(0);
    String to = generation().at("number").text();
    assertThat(host.exec("bitbuilder", "diff", "acme", from, to).text()).contains("NEW=value");
    site.push("acme", "as before", ACME);
    site.sync(0);
  }
}
