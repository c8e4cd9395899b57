package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A guest with Debian's cloud-init does what the tenant's files say. Emulated it takes minutes. */
@Tag("machine")
final class CloudInitTest {
  @RegisterExtension private static final Scene SCENE = new Scene("ci");

  private static final String CONFIG =
      """
      image: guest
      cpu: 2
      memory: 512M
      disk: 2G
      firmware: none
      """;

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  private String inside(String line) {
    return site.ssh("acme", "ada", "app", Duration.ofMinutes(6), line);
  }

  @Test
  void userDataIsAppliedOnceAndAgainAfterReseed() {
    GuestImage image = GuestImage.build("cloud-init").copyTo(host);
    String key = host.sh("ssh-keygen -q -t ed25519 -N '' -f /root/key; cat /root/key.pub");
    String userData =
        """
        #cloud-config
        users:
          - name: ada
            lock_passwd: true
            ssh_authorized_keys: ["%s"]
        write_files:
          - {path: /etc/hallmark, content: "made by cloud-init"}
        runcmd:
          - [sh, -c, "echo once >>/var/lib/runs"]
        """
            .formatted(key);
    Tree tree =
        Tree.tenant("acme", "{\"cpu\": 2, \"memory\": \"1G\", \"storage\": \"8G\"}")
            .machine("app", CONFIG)
            .with("machines/app/cloud-init/user-data", userData)
            .with(
                "machines/app/cloud-init/network-config",
                "version: 2\nethernets: {all: {match: {name: 'en*'}, dhcp4: true}}\n");
    site.config(Site.defaultConfig() + "images:\n" + image.catalogue()).register("acme").publish();
    site.push("acme", "a machine with cloud-init", tree);
    site.sync(0);

    assertThat(inside("cat /etc/hallmark")).isEqualTo("made by cloud-init");
    assertThat(inside("hostname")).isEqualTo("app");
    assertThat(inside("test -e /var/lib/runs && cat /var/lib/runs")).isEqualTo("once");
    String instance = inside("cat /var/lib/cloud/data/instance-id");

    // A restart is the same instance, a reseed another one.
    host.succeeds("systemctl", "restart", Site.machineUnit("acme", "app"));
    assertThat(inside("cat /var/lib/cloud/data/instance-id")).isEqualTo(instance);
    site.push("acme", "once more", tree.machine("app", CONFIG + "reseed: once more\n"));
    site.sync(0);
    inside("test $(wc -l </var/lib/runs) = 2");
    assertThat(inside("cat /var/lib/cloud/data/instance-id")).startsWith(instance + "-");
  }
}
