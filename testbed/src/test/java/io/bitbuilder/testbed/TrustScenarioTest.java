package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Only what somebody who may has signed runs: whoever owns a tenant's repository, the server of all
 * of them, or the process that fetches, changes nothing. Each test leaves both tenants as they
 * were.
 */
@Tag("scenario")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class TrustScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("trust");

  private static final Tree ACME = web("acme", "first");

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();
  private final GitServer git = SCENE.site().git();

  private static Tree web(String tenant, String version) {
    return Tree.tenant(tenant)
        .container(
            "web",
            "image: host\nenvironment: {VERSION: "
                + version
                + "}\ncommand: [/bin/sleep, infinity]\n");
  }

  @BeforeAll
  static void twoTenantsRun() {
    Site site = SCENE.site();
    GitServer git = site.git();
    site.hostFile(
        """
        systemRepository: {url: %s, ref: main}
        signers: ["%s"]
        """
            .formatted(git.url("system"), git.key("operator")));
    site.config(Site.defaultConfig().replace("verify: {mode: off}\n", ""));
    git.signAs("operator");
    site.signer("alice", "").signer("vera", ", \"roles\": [\"vouch\"]");
    site.register("acme", git.url("acme"), ", \"signers\": [\"alice\", \"vera\"]");
    site.register("globex", git.url("globex"), ", \"signers\": [\"vera\"]").publish();
    git.signAs("alice");
    site.push("acme", "first", ACME);
    git.signAs("vera");
    site.push("globex", "first", web("globex", "first"));
    site.sync(0);
  }

  /** What runs, and as which start of it. */
  private SortedMap<String, String> running() {
    SortedMap<String, String> running = site.invocations();
    assertThat(running).hasSize(2);
    return running;
  }

  private void refused(String... words) {
    SortedMap<String, String> before = running();
    assertThat(site.sync(4)).contains(words);
    assertThat(running()).isEqualTo(before);
  }

  private void acme(String signer, String subject, Tree tree) {
    git.signAs(signer);
    site.push("acme", subject, tree);
  }

  private void system(String signer) {
    git.signAs(signer);
    site.publish();
  }

  private String main(String repository) {
    return host.sh("git -C \"/srv/git/$1.git\" rev-parse main", repository).strip();
  }

  private void move(String repository, String commit) {
    host.sh("git -C \"/srv/git/$1.git\" update-ref refs/heads/main \"$2\"", repository, commit);
  }

  @Test
  @Order(1)
  void whoSignedIsSaid() {
    assertThat(host.succeeds("bitbuilder", "describe", "acme")).contains("alice SHA256:");
    assertThat(host.succeeds("bitbuilder", "log", "globex")).contains("vera");
    assertThat(host.succeeds("bitbuilder", "log", "acme", "--json"))
        .contains("\"event\": \"accepted\"", "\"verify\": \"require\"", main("system"));
    String head = host.succeeds("bitbuilder", "log", "--verify");
    assertThat(head).contains("unchanged");
    String hash = host.sh("bitbuilder log --verify | sed -n 's/^head: [0-9]* //p'").strip();
    assertThat(host.sh("journalctl -q BITBUILDER_LEDGER_HASH=\"$1\"", hash)).isNotEmpty();
    // Whoever writes anew what happened, or leaves it out, is found out; an end that is missing by
    // who kept the head.
    host.sh(
        """
        cd /var/lib/bitbuilder && cp -a log.jsonl /root/log && bitbuilder log --export >/root/all
        sed -i '2s/"generation":[0-9]*/"generation":77/' log.jsonl && touch -r /root/log log.jsonl
        """);
    String status =
        "bitbuilder log --verify \"$@\" 2>&1 && status=0 || status=$?; echo \"status $status\"";
    assertThat(host.sh(status)).contains("log.jsonl:2: was changed", "status 4");
    host.sh("cd /var/lib/bitbuilder && cp -a /root/log log.jsonl && sed -i '$d' log.jsonl");
    assertThat(host.sh(status)).contains("missing after it", "status 4");
    host.sh("cp -a /root/log /var/lib/bitbuilder/log.jsonl && sed '$d' /root/all >/root/less");
    assertThat(host.sh(status, "--head", hash, "/root/less")).contains("status 4");
    assertThat(host.sh(status, "--head", hash, "/root/all")).contains("status 0");
    assertThat(host.sh(status)).contains("status 0");
  }

  @Test
  @Order(2)
  void whatNobodySignedIsRefusedAndOthersGoOn() {
    acme("", "unsigned", web("acme", "second"));
    git.signAs("vera");
    site.push("globex", "second", web("globex", "second"));
    String before = site.invocation("acme", "web");
    assertThat(site.sync(4)).contains("BB503", "there is no signature");
    assertThat(site.invocation("acme", "web")).isEqualTo(before);
    assertThat(host.succeeds("bitbuilder", "describe", "globex", "--json")).contains("second");
    acme("mallory", "a stranger's", web("acme", "third"));
    refused("BB503", "acme");
    // On top of what nobody answers for, a good signature is not enough.
    acme("alice", "mine", web("acme", "fourth"));
    refused("BB503", "is not signed by somebody who may");
    acme("vera", "I looked at them all\n\nVouch: history", ACME);
    site.sync(0);
  }

  @Test
  @Order(3)
  void anotherTenantsSignerIsAStranger() {
    git.signAs("alice");
    String good = main("globex");
    site.push("globex", "not hers", web("globex", "hers"));
    refused("BB503", "globex");
    move("globex", good);
    site.sync(0);
  }

  @Test
  @Order(4)
  void aServerThatShowsSomethingElseIsNotBelieved() {
    acme("alice", "second", web("acme", "second"));
    site.sync(0);
    String tip = main("acme");
    String first = host.sh("git -C /srv/git/acme.git rev-list --max-parents=0 main").strip();
    // Replay: an older commit, signed and once accepted.
    move("acme", first);
    refused("BB502", "does not descend");
    // A side branch, and a root of its own, both signed by alice.
    git.signAs("alice");
    site.push("acme", "side", web("acme", "side"));
    refused("BB502", "does not descend");
    git.forcePush("acme", "another history", web("acme", "other").files());
    refused("BB502", "does not descend");
    // Likewise of the system repository, whoever asks for it.
    String system = main("system");
    git.signAs("operator");
    git.forcePush(
        "system",
        "everybody is gone",
        Map.of("tenants/registry.json", "{\"version\": 1, \"tenants\": []}"));
    refused("BB502", "does not descend");
    move("system", system);
    move("acme", tip);
    acme("alice", "as before", ACME);
    site.sync(0);
  }

  @Test
  @Order(5)
  void goingBackMakesNothingOldAcceptable() {
    acme("alice", "second", web("acme", "second"));
    site.sync(0);
    String older = host.sh("git -C /srv/git/acme.git rev-parse main~1").strip();
    host.succeeds("bitbuilder", "rollback", "acme");
    String tip = main("acme");
    // Whoever fetches forgot what it had; root did not.
    host.sh(
        "rm -rf /var/lib/bitbuilder/objects/tenants/acme.git /var/lib/bitbuilder/objects/state.json");
    move("acme", older);
    refused("BB502", "does not descend");
    move("acme", tip);
    host.sh(
        "rm -rf /var/lib/bitbuilder/objects/tenants/acme.git /var/lib/bitbuilder/objects/state.json");
    acme("alice", "as before", ACME);
    site.sync(0);
  }

  @Test
  @Order(6)
  void theKeyOfTheSystemRepositoryIsReplacedByACommitTheOldOneSigned() {
    String good = main("system");
    site.signer("oscar", ", \"roles\": [\"operate\"]");
    // Nobody gives themselves a right.
    system("oscar");
    refused("BB503", "system");
    move("system", good);
    system("operator");
    system("oscar");
    site.sync(0);
    site.signer("operator", ", \"revoked\": true");
    system("oscar");
    site.sync(0);
    site.register("globex", git.url("globex"), ", \"enabled\": false, \"signers\": [\"vera\"]");
    String before = main("system");
    system("operator");
    refused("BB503", "revoked");
    move("system", before);
    site.register("globex", git.url("globex"), ", \"signers\": [\"vera\"]");
    system("oscar");
    site.sync(0);
  }

  @Test
  @Order(7)
  void whoIsRevokedIsFlaggedAndSignsNothingMore() {
    site.signer("alice", ", \"revoked\": true");
    system("oscar");
    refused("BB503", "alice", "revoked");
    acme("vera", "by somebody else", web("acme", "vera"));
    // Hers is still among them.
    site.sync(0);
    acme("alice", "after all", web("acme", "late"));
    refused("BB503", "revoked");
    acme("vera", "hers is undone\n\nVouch: history", ACME);
    site.sync(0);
    site.signer("alice", "");
    system("oscar");
    site.sync(0);
  }

  @Test
  @Order(8)
  void theHostsOwnKeysCount() {
    String key = git.key("bob");
    host.write("/root/bob.pub", key + "\n");
    assertThat(
            host.succeeds(
                "bitbuilder",
                "voa",
                "import",
                "/root/bob.pub",
                "--purpose",
                "git-commit",
                "--context",
                "acme"))
        .contains("/etc/voa/bitbuilder/git-commit/acme/ssh/");
    acme("bob", "by bob", web("acme", "bob"));
    site.sync(0);
    assertThat(host.succeeds("bitbuilder", "voa", "list")).contains("git-commit", "acme", "ssh");
    String tip = main("globex");
    git.signAs("bob");
    site.push("globex", "not his", web("globex", "bob"));
    refused("BB503", "globex");
    move("globex", tip);
    acme("alice", "as before", ACME);
    site.sync(0);
  }

  /** A server that shows what there was and nothing that is new. */
  @Test
  @Order(9)
  void aSilentRepositoryIsSaid() {
    String config = Site.defaultConfig().replace("verify: {mode: off}\n", "");
    site.config(config + "verify: {maxAge: 2s}\n");
    system("oscar");
    site.sync(0);
    host.sh("sleep 3");
    site.sync(0);
    assertThat(host.succeeds("bitbuilder", "status", "--json")).contains("BB509");
    assertThat(host.succeeds("bitbuilder", "describe", "acme")).contains("the newest commit is");
    site.config(config);
    system("oscar");
    site.sync(0);
    assertThat(host.succeeds("bitbuilder", "status", "--json")).doesNotContain("BB509");
  }

  private void hostile(String wish) {
    host.write("/srv/hostile.json", wish);
  }

  private static String[] wishes(
      String old, String side, String unsigned, String good, String blob) {
    return new String[] {
      // Everything a file of ours could be changed by.
      "{\"write\": [\"/etc/bitbuilder/host.yaml\", \"/etc/x\", \"/usr/x\", \"/run/x\", \"/run/systemd/system/x\", \"/run/bitbuilder/activated\","
          + " \"/var/lib/bitbuilder/x\", \"/var/lib/bitbuilder/accepted.json\", \"/var/lib/bitbuilder/allocations.json\","
          + " \"/var/lib/bitbuilder/staging/system.json\", \"/var/lib/bitbuilder/generations/x\", \"/var/lib/tenants/x\","
          + " \"/var/lib/tenants/acme/x\", \"/etc/voa/x\", \"/root/x\", \"/proc/sys/kernel/core_pattern\"]}",
      "{\"tip\": \"" + old + "\"}",
      "{\"from\": \"/srv/git/acme.git\", \"tip\": \"" + side + "\"}",
      "{\"from\": \"/srv/git/acme.git\", \"tip\": \"" + unsigned + "\"}",
      "{\"tip\": \"" + "0".repeat(40) + "\"}",
      "{\"tip\": \""
          + good
          + "\", \"plant\": {\""
          + blob
          + "\": \"image: host\\ncommand: [/bin/false]\\n\"}}",
    };
  }

  @Test
  @Order(10)
  void whoeverTakesOverFetchingChoosesNothing() {
    String good = main("acme");
    String old = host.sh("git -C /srv/git/acme.git rev-parse main~1").strip();
    git.signAs("");
    site.push("acme", "unsigned", web("acme", "evil"));
    String unsigned = main("acme");
    move("acme", old);
    git.signAs("alice");
    site.push("acme", "side", web("acme", "side"));
    String side = main("acme");
    host.sh("git -C /srv/git/acme.git branch unsigned \"$1\"", unsigned);
    move("acme", good);
    site.sync();
    String blob =
        host.sh("git -C /srv/git/acme.git rev-parse main:containers/web/config.yaml").strip();
    host.write("/srv/hostile-fetch.py", Talk.resource("hostile-fetch.py"));
    host.write(
        "/run/systemd/system/bitbuilder-fetch.service.d/90-hostile.conf",
        "[Service]\nExecStart=\nExecStart=/usr/bin/python3 /srv/hostile-fetch.py\n");
    host.succeeds("systemctl", "daemon-reload");
    SortedMap<String, String> before = running();
    String selection = host.sh("readlink /var/lib/bitbuilder/generations/current");
    String[] wishes = wishes(old, side, unsigned, good, blob);
    for (String wish : wishes) {
      hostile(wish);
      // So that even what was compiled before is looked at once more.
      host.sh("touch /var/lib/bitbuilder/objects/changed");
      site.sync();
      assertThat(host.sh("cat /var/lib/bitbuilder/objects/written")).as("written").isEmpty();
      assertThat(running()).as(wish).isEqualTo(before);
      assertThat(host.sh("readlink /var/lib/bitbuilder/generations/current"))
          .as(wish)
          .isEqualTo(selection);
    }
    // Where it has to be read again, what was planted is found out.
    acme(
        "alice",
        "something else",
        ACME.container("two", "image: host\ncommand: [/bin/sleep, infinity]\n"));
    hostile("{\"from\": \"/srv/git/acme.git\", \"tip\": \"" + main("acme") + "\"}");
    assertThat(site.sync().exit()).isNotZero();
    assertThat(running()).isEqualTo(before);
    host.sh("rm -r /run/systemd/system/bitbuilder-fetch.service.d; systemctl daemon-reload");
    host.sh("rm -rf /var/lib/bitbuilder/objects/*");
    acme("alice", "as before", ACME);
    site.sync(0);
    assertThat(running()).isEqualTo(before);
  }
}
