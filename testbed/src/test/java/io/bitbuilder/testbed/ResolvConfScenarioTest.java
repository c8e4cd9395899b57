package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Containers nobody inside tells who resolves names are told by the host, whatever their image has.
 */
@Tag("scenario")
final class ResolvConfScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("resolv");

  /** Roots with a shell and little else, which differ in /etc/resolv.conf; prints the catalogue. */
  private static final String BUILD =
      """
      mkdir -p /srv/root/usr/bin /srv/root/usr/lib /srv/root/etc /srv/root/proc /srv/root/sys /srv/root/dev \
        /srv/root/run /srv/root/tmp /srv/root/root /srv/root/var/tmp
      cd /srv/root
      ln -s usr/bin bin; ln -s usr/lib lib; ln -s usr/lib lib64; ln -s usr/bin sbin
      for tool in env sh sleep cat getent; do
        cp -L "$(command -v $tool)" usr/bin/
        ldd "$(command -v $tool)" | grep -o '/[^ ]*' | while read -r library; do cp -Ln "$library" usr/lib/; done
      done
      printf 'ID=tiny\\nVERSION_ID=1\\n' >usr/lib/os-release
      ln -s ../usr/lib/os-release etc/os-release
      : >etc/machine-id
      make() {
        tar -C /srv/root --owner=0 --group=0 -cf "/srv/$1.tar" .
        sum=$(sha256sum <"/srv/$1.tar")
        echo "  $1: {url: \\"file:///srv/$1.tar\\", verify: \\"sha256:${sum%% *}\\", type: tar}"
      }
      make none
      ln -s ../run/systemd/resolve/stub-resolv.conf etc/resolv.conf
      make relative
      ln -sfn /run/resolvconf/resolv.conf etc/resolv.conf
      make absolute
      rm etc/resolv.conf
      echo nameserver 192.0.2.99 >etc/resolv.conf
      make file
      """;

  private static final String COMMAND =
      "command: [/bin/sh, -c, \"trap 'exit 0' TERM; sleep 1000000 & wait\"]\n";
  private static final List<String> IMAGES =
      List.of("none", "relative", "absolute", "file", "host");
  private static final List<String> KINDS = List.of("", "readOnly: true\n", "ephemeral: true\n");

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  private static Tree tree() {
    Tree tree =
        Tree.tenant("acme")
            .container("os", "image: host\n")
            .container("fixed", "image: host\nreadOnly: true\n");
    for (String image : IMAGES) {
      for (String kind : KINDS) {
        tree = tree.container(name(image, kind), "image: " + image + "\n" + COMMAND + kind);
      }
    }
    return tree.container("own", "image: none\n" + COMMAND)
        .with("containers/own/rootfs-overlay/etc/resolv.conf", "nameserver 192.0.2.98\n")
        .container("etc", "image: host\n" + COMMAND + "volumes: [{name: etc, path: /etc}]\n")
        .container("lone", "image: file\n" + COMMAND + "networks: []\n");
  }

  private static String name(String image, String kind) {
    return image + (kind.isEmpty() ? "" : "-" + kind.substring(0, 1));
  }

  @BeforeAll
  static void everyKindRuns() {
    Site site = SCENE.site();
    site.config(Site.defaultConfig() + "images:\n  " + site.host().sh(BUILD) + "\n");
    site.quota(
        "{\"cpu\": 4, \"memory\": \"4G\", \"storage\": \"10G\", \"containers\": 40, \"machines\": 4}");
    site.push("acme", "first", tree());
    site.register("acme").publish();
    site.sync(0);
  }

  @Test
  void theyAreToldByTheHost() {
    List<String> told = new ArrayList<>(List.of("os", "fixed"));
    IMAGES.forEach(image -> KINDS.forEach(kind -> told.add(name(image, kind))));
    String gateway =
        host.sh(
            "ip -4 -o address show dev \"$1\" | awk '{print $4}' | cut -d/ -f1",
            site.container("acme", "os").at("bridge").text());
    for (String container : told) {
      assertThat(site.within("acme", container, "cat /etc/resolv.conf"))
          .as(container)
          .contains("nameserver " + gateway + "\n", "search acme.internal")
          .doesNotContain("192.0.2.99");
      assertThat(site.within("acme", container, "getent ahostsv4 host"))
          .as(container)
          .contains(site.container("acme", "host").at("address").text());
      assertThat(site.inside("acme", container, "echo x >>/etc/resolv.conf").exit()).isNotZero();
    }
    // Nothing of it is among what a container writes.
    assertThat(
            host.sh(
                "find /var/lib/tenants/acme/containers/*/upper -path '*/etc/resolv.conf' -o -path '*/run/*' | grep -v /os/ || :"))
        .isEmpty();
  }

  @Test
  void whatTheTenantBringsIsKept() {
    assertThat(site.within("acme", "own", "cat /etc/resolv.conf"))
        .isEqualTo("nameserver 192.0.2.98");
    assertThat(site.inside("acme", "etc", "cat /etc/resolv.conf").exit()).isNotZero();
    assertThat(site.within("acme", "lone", "cat /etc/resolv.conf"))
        .isEqualTo("nameserver 192.0.2.99");
  }

  /** Containers have the file, and not a name that may come to mean another. */
  @Test
  void aChangeIsSeenByThoseThatRun() {
    String before = host.read("/run/tenants/acme/resolv/default.conf");
    host.sh("echo '# from before' >/run/tenants/acme/resolv/default.conf");
    assertThat(site.within("acme", "none", "cat /etc/resolv.conf")).isEqualTo("# from before");
    host.succeeds("systemctl", "reload", "setup-tenant@acme.service");
    assertThat(host.read("/run/tenants/acme/resolv/default.conf")).isEqualTo(before);
    for (String container : new String[] {"none", "relative-r", "host-e", "os"}) {
      assertThat(site.within("acme", container, "cat /etc/resolv.conf") + "\n").isEqualTo(before);
    }
  }
}
