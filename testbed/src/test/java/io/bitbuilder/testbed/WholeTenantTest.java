package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One tenant with everything: two machines, three containers, three scripts. They come up in order
 * and go back together.
 */
@Tag("machine")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class WholeTenantTest {
  @RegisterExtension private static final Scene SCENE = new Scene("whole");

  private static final String PRE = "scripts/pre-provision.sh";
  private static final String HEALTH = "scripts/health-check.sh";
  private static final String APP =
      """
      image: guest
      cpu: 2
      memory: 512M
      disk: 2G
      firmware: none
      """;
  private static final String VAULT =
      """
      image: guest
      memory: 384M
      tpm: true
      firmware: uefi
      """;
  private static final List<String> GUESTS =
      List.of(
          "Machine app.acme",
          "Machine vault.acme",
          "Container web.acme",
          "Container cache.acme",
          "Container queue.acme");

  private static Tree tree =
      Tree.tenant("acme", "{\"cpu\": 4, \"memory\": \"3G\", \"storage\": \"12G\"}")
          .idle("web", "cache", "queue")
          .machine("app", APP)
          .with(
              "machines/app/cloud-init/network-config",
              "version: 2\nethernets: {all: {match: {name: 'en*'}, dhcp4: true}}\n")
          .machine("vault", VAULT)
          .with(PRE, "#!/bin/sh\necho ready to begin\n")
          .with("scripts/post-provision.sh", "#!/bin/sh\necho all there\n")
          .with(HEALTH, "#!/bin/sh\ntrue\n");

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  private String commit() {
    return site.tenant("acme").at("generation", "commit").text();
  }

  @Test
  @Order(1)
  void itComesUpInOrder() {
    GuestImage image = GuestImage.build("cloud-init").copyTo(host);
    String key = host.sh("ssh-keygen -q -t ed25519 -N '' -f /root/key; cat /root/key.pub");
    tree =
        tree.with(
            "machines/app/cloud-init/user-data",
            """
            #cloud-config
            users:
              - {name: ada, lock_passwd: true, ssh_authorized_keys: ["%s"]}
            write_files:
              - {path: /etc/hallmark, content: "made by cloud-init"}
            """
                .formatted(key));
    site.quota("{\"cpu\": 4, \"memory\": \"4G\", \"storage\": \"40G\", \"machines\": 4}")
        .config(
            Site.defaultConfig().replace("deadline: 20s", "deadline: 90s")
                + "images:\n"
                + image.catalogue())
        .register("acme")
        .publish();
    site.push("acme", "everything", tree);
    site.sync(0);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
    List<String> journal = host.sh("journalctl -o cat _PID=1").lines().toList();
    int pre = at(journal, "Finished", "Script pre-provision.sh of tenant acme");
    int post = at(journal, "Starting", "Script post-provision.sh of tenant acme");
    assertThat(at(journal, "Started", "Container infra.acme"))
        .isLessThan(at(journal, "Starting", "Script pre-provision.sh of tenant acme"));
    for (String guest : GUESTS) {
      assertThat(at(journal, "Starting", guest)).as(guest).isBetween(pre, post);
      assertThat(at(journal, "Started", guest)).as(guest).isBetween(pre, post);
    }
    assertThat(site.ssh("acme", "ada", "app", Duration.ofMinutes(6), "cat /etc/hallmark"))
        .isEqualTo("made by cloud-init");
  }

  /** The line of the journal that says so. */
  private static int at(List<String> journal, String word, String what) {
    for (int i = 0; i < journal.size(); i++) {
      if (journal.get(i).startsWith(word) && journal.get(i).contains(" - " + what)) {
        return i;
      }
    }
    throw new AssertionError(word + " " + what + " is not in the journal");
  }

  @Test
  @Order(2)
  void aFailingFirstScriptKeepsMachinesDownAndTheRestUp() {
    String good = commit();
    SortedMap<String, String> before = site.invocations();
    site.push(
        "acme",
        "no",
        tree.machine("extra", VAULT).with(PRE, "#!/bin/sh\necho no licence >&2; exit 3\n"));
    assertThat(site.sync(5)).contains("pre\\x2dprovision");
    assertThat(commit()).isEqualTo(good);
    SortedMap<String, String> after = site.invocations();
    assertThat(after).doesNotContainKey(Site.machineUnit("acme", "extra"));
    assertThat(host.sh("journalctl -o cat -u \"$1\"", Site.machineUnit("acme", "extra")))
        .doesNotContain("Started");
    for (String name : List.of("app", "vault")) {
      assertThat(after.get(Site.machineUnit("acme", name)))
          .isEqualTo(before.get(Site.machineUnit("acme", name)));
    }
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
  }

  @Test
  @Order(3)
  void aFailingHealthCheckBringsEverythingBackMachinesToo() {
    String good = commit();
    SortedMap<String, String> before = site.invocations();
    site.push(
        "acme",
        "ill",
        tree.machine("app", APP.replace("512M", "640M"))
            .idle("fourth")
            .with(HEALTH, "#!/bin/sh\necho ill; exit 1\n"));
    assertThat(site.sync(5)).contains("health-check.sh");
    assertThat(commit()).isEqualTo(good);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
    SortedMap<String, String> after = site.invocations();
    assertThat(after).doesNotContainKey(Site.unit("acme", "fourth"));
    String app = Site.machineUnit("acme", "app");
    // It ran with more memory in between, and does not now.
    assertThat(after.get(app)).isNotEqualTo(before.get(app));
    assertThat(host.sh("systemctl show -P Environment \"$1\"", app))
        .contains("RAM=512M")
        .doesNotContain("640M");
    assertThat(after.get(Site.machineUnit("acme", "vault")))
        .isEqualTo(before.get(Site.machineUnit("acme", "vault")));
    assertThat(site.ssh("acme", "ada", "app", Duration.ofMinutes(6), "cat /etc/hallmark"))
        .isEqualTo("made by cloud-init");
  }
}
