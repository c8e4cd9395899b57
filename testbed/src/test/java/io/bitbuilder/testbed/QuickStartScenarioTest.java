package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The quick start, as it is typed: a repository that appears becomes a virtual machine. */
@Tag("scenario")
final class QuickStartScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("quick");

  private static final String TYPED =
      """
      cd /root
      git config --global init.defaultBranch main
      git config --global user.name Operator
      git config --global user.email operator@example.org
      mkdir -p tenant-example/{infrastructure,network,machines,extensions}
      cat > tenant-example/metadata.json <<EOF
      {
        "tenant": {
          "id": "tenant-001",
          "name": "Example Tenant",
          "type": "vm",
          "enabled": true
        },
        "resources": {
          "cpu": 2,
          "memory": "4G",
          "storage": "50G"
        },
        "network": {
          "mode": "isolated-bridge",
          "interfaces": [
            {
              "name": "eth0",
              "type": "bridge",
              "bridge": "br-tenant001"
            }
          ]
        },
        "extensions": [],
        "services": [],
        "security": {
          "isolation": "namespace"
        }
      }
      EOF
      cd tenant-example
      git init && git add . && git commit -m "Add example tenant"
      git remote add origin /srv/git/tenants/tenant-001.git
      git push -u origin main
      """;

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @Test
  void whatIsTypedEndsInAMachineOnItsBridge() {
    GuestImage image = GuestImage.build().copyTo(host);
    host.sh("git init -q --bare -b main /srv/git/tenants/tenant-001.git");
    site.config(
            Site.defaultConfig().replace("deadline: 20s", "deadline: 4m")
                + "discovery: {directories: [file:///srv/git/tenants]}\nimages:\n"
                + image.catalogue())
        .publish();
    host.write("/root/typed", TYPED);
    host.succeeds("bash", "-e", "/root/typed");
    // Other scenarios sync by hand.
    host.succeeds("systemctl", "unmask", "--runtime", "bitbuilder-sync.timer");
    host.succeeds("systemctl", "start", "bitbuilder-sync.timer");
    host.eventually(
        Duration.ofMinutes(2), "machinectl list --no-legend | grep -q infra.tenant-001");
    host.eventually(
        Duration.ofSeconds(30), "bitbuilder status | grep -E 'tenant-001 +running .*1/1'");
    Json machine = site.machine("tenant-001", "infra");
    assertThat(machine.at("bridge").text()).isEqualTo("br-tenant001");
    assertThat(host.sh("ip -o link show master br-tenant001")).contains("bm-");
    host.eventually(
        Duration.ofMinutes(3), "ping -q -c 1 -W 2 \"$1\"", machine.at("address").text());
  }
}
