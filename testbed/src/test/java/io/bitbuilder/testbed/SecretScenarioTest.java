package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Secrets lie in a tenant's repository as ciphertext, and in the clear nowhere but inside the
 * containers that name them.
 */
@Tag("scenario")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SecretScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("secrets");

  /** Put together on the host, so that no command line and no script there has one of them. */
  private static final String SEALED = "canary-sealed-c41d";

  private static final String ENCRYPTED = "canary-host-77e0";
  private static final String SECOND = "canary-second-9b3a";
  private static final String CLEAR = "canary-clear-5f62";

  private static final String LOOP =
      "command: [/bin/sh, -c, \"trap 'exit 0' TERM; sleep infinity & wait\"]\n";

  private static Tree acme = Tree.tenant("acme");

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  /** Makes a secret out of its halves, and prints its ciphertext. */
  private static String encrypted(Host host, String secret, String command) {
    int half = secret.length() / 2;
    return host.sh(
        "{ printf %s \"$1\"; printf %s \"$2\"; } | " + command,
        secret.substring(0, half),
        secret.substring(half));
  }

  private static String sealed(Host host, String secret, String tenant, String name) {
    return encrypted(host, secret, "bitbuilder secret encrypt --tenant=" + tenant + " " + name);
  }

  @BeforeAll
  static void bothFormsRun() {
    Site site = SCENE.site();
    Host host = site.host();
    String key = host.succeeds("bitbuilder", "secret", "key").strip();
    assertThat(key).startsWith("bitbuilder-host:");
    assertThat(host.read("/var/lib/bitbuilder/secrets/host.pub").strip()).isEqualTo(key);
    assertThat(host.sh("stat -c '%a %U' /var/lib/bitbuilder/secrets/host.cred"))
        .isEqualTo("600 root");
    acme =
        acme.with("credentials/sealed.cred", sealed(host, SEALED, "acme", "sealed"))
            .with(
                "credentials/encrypted.cred",
                encrypted(
                    host,
                    ENCRYPTED,
                    "systemd-creds encrypt --with-key=host --name=tenant.acme.encrypted - - 2>/dev/null"))
            .container("both", "image: host\ncredentials: {one: sealed, two: encrypted}\n" + LOOP)
            .container("two", "image: host\ncredentials: {two: encrypted}\n" + LOOP)
            .container("none", "image: host\n" + LOOP);
    site.push("acme", "secrets", acme);
    site.register("acme").publish();
    site.sync(0);
  }

  private void bothAreRead(String first) {
    assertThat(site.within("acme", "both", "cat /run/host/credentials/one")).isEqualTo(first);
    assertThat(site.within("acme", "two", "cat /run/host/credentials/two")).isEqualTo(ENCRYPTED);
    assertThat(site.inside("acme", "none", "ls /run/host/credentials/*").exit()).isNotZero();
  }

  @Test
  @Order(1)
  void theProgramsReadBoth() {
    bothAreRead(SEALED);
    assertThat(host.sh("stat -c '%a %U %n' /run/credstore.encrypted/*"))
        .isEqualTo(
            "600 root /run/credstore.encrypted/tenant.acme.encrypted\n"
                + "600 root /run/credstore.encrypted/tenant.acme.sealed");
  }

  /**
   * Where on the host a secret is in the clear, a line for each place. Not asked is where systemd
   * keeps credentials of running units. It comes in two halves, so that no command line has it.
   */
  private String places(String secret) {
    int half = secret.length() / 2;
    return host.sh(
        """
        canary=$1$2
        all=$(echo /proc/[0-9]*)
        grep -srlaF --devices=skip -e "$canary" /var/lib /etc /tmp /var/tmp /root || :
        find /run -path /run/credentials -prune -o -type f -print0 | xargs -0 grep -slaF -e "$canary" || :
        journalctl -o export --no-pager | grep -qaF -e "$canary" && echo journal
        for process in $all; do
          grep -laF -e "$canary" "$process/cmdline" "$process/environ" 2>/dev/null || :
        done
        for verb in status 'describe acme' plan 'log acme' 'diff acme'; do
          bitbuilder $verb 2>&1 | grep -qaF -e "$canary" && echo "$verb"
          bitbuilder $verb --json 2>&1 | grep -qaF -e "$canary" && echo "$verb --json"
        done
        :
        """,
        secret.substring(0, half),
        secret.substring(half));
  }

  private void nowhereInTheClear() {
    for (String secret : new String[] {SEALED, ENCRYPTED, SECOND, CLEAR}) {
      assertThat(places(secret)).as(secret).isEmpty();
    }
  }

  /** A search that finds nothing proves something only when it finds what is there. */
  @Test
  @Order(8)
  void theSearchFindsWhatIsThere() {
    String planted = "canary-planted-0d11";
    host.write("/var/lib/bitbuilder/planted", planted);
    host.write("/run/bitbuilder/planted", planted);
    host.succeeds("logger", planted);
    host.sh("systemd-run --unit=planted --setenv=PLANTED=\"$1\" sleep infinity", planted);
    assertThat(places(planted))
        .contains("/var/lib/bitbuilder/planted", "/run/bitbuilder/planted", "journal", "/environ");
    host.sh("systemctl stop planted; rm /var/lib/bitbuilder/planted /run/bitbuilder/planted");
  }

  @Test
  @Order(2)
  void itIsNowhereElse() {
    site.push("acme", "more", acme.idle("more"));
    site.sync(0);
    nowhereInTheClear();
  }

  @Test
  @Order(3)
  void aChangedSecretRestartsWhoNamesIt() {
    acme = acme.with("credentials/sealed.cred", sealed(host, SECOND, "acme", "sealed"));
    site.push("acme", "a new secret", acme);
    SortedMap<String, String> before = site.invocations();
    site.sync(0);
    SortedMap<String, String> after = site.invocations();
    assertThat(after.get(Site.unit("acme", "both")))
        .isNotEqualTo(before.get(Site.unit("acme", "both")));
    for (String name : new String[] {"two", "none"}) {
      assertThat(after).containsEntry(Site.unit("acme", name), before.get(Site.unit("acme", name)));
    }
    bothAreRead(SECOND);
    nowhereInTheClear();
  }

  @Test
  @Order(4)
  void anotherTenantGetsNothingOfIt() {
    site.register("globex").publish();
    site.push(
        "globex",
        "stolen",
        Tree.tenant("globex")
            .with("credentials/sealed.cred", acme.file("credentials/sealed.cred"))
            .with("credentials/encrypted.cred", acme.file("credentials/encrypted.cred"))
            .container("first", "image: host\ncredentials: {one: sealed}\n" + LOOP)
            .container("other", "image: host\ncredentials: {one: encrypted}\n" + LOOP)
            .container("well", "image: host\n" + LOOP));
    assertThat(site.sync(5)).contains("globex", "first");
    assertThat(host.sh("ls /run/credstore.encrypted")).doesNotContain("globex");
    assertThat(host.sh("journalctl -u tenant-secrets@globex.service -o cat"))
        .contains(
            "tenant globex: credentials/sealed.cred does not open: it was sealed for another tenant",
            "tenant globex: credentials/encrypted.cred does not open: ");
    bothAreRead(SECOND);
    site.unregister("globex").publish();
    site.sync(0);
    host.sh("systemctl reset-failed 'tenant-container@globex-*' || :");
  }

  @Test
  @Order(5)
  void whatIsInTheClearIsNotRepeated() {
    for (String text : new String[] {CLEAR, "-----BEGIN OPENSSH PRIVATE KEY-----\n" + CLEAR}) {
      site.push("acme", "in the clear", acme.with("credentials/sealed.cred", text + "\n"));
      assertThat(site.sync(3)).contains("BB311", "credentials/sealed.cred").doesNotContain(CLEAR);
      assertThat(host.read("/var/lib/bitbuilder/staging/report.json")).doesNotContain(CLEAR);
    }
    assertThat(host.journal()).doesNotContain(CLEAR);
    site.push("acme", "as before", acme);
    site.sync(0);
  }

  @Test
  @Order(6)
  void afterARebootBothAreThereAgain() {
    host.reboot();
    host.eventually(
        Duration.ofSeconds(60),
        "systemctl is-active \"$1\" \"$2\"",
        Site.unit("acme", "both"),
        Site.unit("acme", "two"));
    bothAreRead(SECOND);
  }

  @Test
  @Order(7)
  void aRemovedSecretIsGone() {
    site.push(
        "acme",
        "no more of the sealed one",
        acme.without("credentials/sealed.cred")
            .container("both", "image: host\ncredentials: {two: encrypted}\n" + LOOP));
    site.sync(0);
    assertThat(host.sh("ls /run/credstore.encrypted")).isEqualTo("tenant.acme.encrypted");
    // The target is down before all of it is.
    host.succeeds("systemctl", "stop", "tenant@acme.target");
    String none = "test -z \"$(ls /run/credstore.encrypted; ls /run/bitbuilder/secrets)\"";
    host.eventually(Duration.ofSeconds(60), none);
    host.succeeds("systemctl", "start", "tenant@acme.target");
    host.eventually(
        Duration.ofSeconds(60), "test -e /run/credstore.encrypted/tenant.acme.encrypted");
    site.push("acme", "no secrets", Tree.tenant("acme").container("none", "image: host\n" + LOOP));
    site.sync(0);
    assertThat(host.sh("ls /run/credstore.encrypted; ls /run/bitbuilder/secrets")).isEmpty();
  }
}
