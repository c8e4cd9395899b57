package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images of the operator's catalogue, from files with a pinned digest. */
@Tag("scenario")
final class ImageScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("image");

  /** A root with a shell and little else, as tar and as squashfs. */
  static final String BUILD =
      """
      rm -rf /srv/root
      mkdir -p /srv/root/usr/bin /srv/root/usr/lib /srv/root/etc /srv/root/proc /srv/root/sys /srv/root/dev \
        /srv/root/run /srv/root/tmp /srv/root/root /srv/root/var/tmp
      cd /srv/root
      ln -s usr/bin bin; ln -s usr/lib lib; ln -s usr/lib lib64; ln -s usr/bin sbin
      for tool in env sh sleep cat touch; do
        cp -L "$(command -v $tool)" usr/bin/
        ldd "$(command -v $tool)" | grep -o '/[^ ]*' | while read -r library; do cp -Ln "$library" usr/lib/; done
      done
      printf 'ID=tiny\\nVERSION_ID=1\\n' >usr/lib/os-release
      ln -s ../usr/lib/os-release etc/os-release
      echo tiny >etc/hallmark
      : >etc/machine-id
      tar -C /srv/root --owner=0 --group=0 -cf /srv/tiny.tar .
      sha256sum </srv/tiny.tar | cut -d' ' -f1\
      """;

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  private static final String OF_IMAGE =
      """
      image: tiny
      command: [/bin/sh, -c, "trap 'exit 0' TERM; sleep 1000000 & wait"]
      """;

  private static String catalogue(String digest, String type, String file) {
    return Site.defaultConfig()
        + "images:\n  tiny: {url: \"file:///srv/%s\", verify: \"sha256:%s\", type: %s}\n"
            .formatted(file, digest, type);
  }

  private static String digest = "";

  @BeforeAll
  static void build() {
    digest = SCENE.host().sh(BUILD);
    SCENE.site().push("acme", "idle", Tree.tenant("acme").idle("web"));
    SCENE.site().register("acme").publish();
    SCENE.site().sync(0);
  }

  @Test
  void aTarRunsOnceItsDigestIsRight() {
    SortedMap<String, String> before = site.invocations();
    site.config(catalogue("0".repeat(64), "tar", "tiny.tar")).publish();
    Tree tree =
        Tree.tenant("acme").idle("web").container("tiny", OF_IMAGE).container("twin", OF_IMAGE);
    site.push("acme", "an image", tree);
    Host.Output refused = site.sync();
    assertThat(refused.exit()).isNotZero();
    assertThat(refused.text() + site.json("status")).contains("BB607");
    assertThat(site.invocations()).isEqualTo(before);

    site.config(catalogue(digest, "tar", "tiny.tar")).publish();
    site.sync(0);
    assertThat(site.within("acme", "tiny", "cat /etc/hallmark")).isEqualTo("tiny");
    // Shared below, its own above.
    site.within("acme", "tiny", "touch /etc/mine");
    assertThat(site.inside("acme", "twin", "cat /etc/mine").exit()).isNotZero();
    assertThat(site.invocations()).containsAllEntriesOf(before).hasSize(before.size() + 2);
    site.push("acme", "no image", Tree.tenant("acme").idle("web"));
    site.sync(0);
  }

  @Test
  void aRawImageRunsToo() {
    String raw =
        host.sh(
            "command -v mksquashfs >/dev/null && mksquashfs /srv/root /srv/tiny.raw -quiet -no-progress -all-root >/dev/null"
                + " || mke2fs -q -t ext4 -d /srv/root /srv/tiny.raw 32M; sha256sum </srv/tiny.raw | cut -d' ' -f1");
    site.config(catalogue(raw, "raw", "tiny.raw")).publish();
    site.push("acme", "a raw image", Tree.tenant("acme").container("tiny", OF_IMAGE));
    site.sync(0);
    assertThat(site.within("acme", "tiny", "cat /etc/hallmark")).isEqualTo("tiny");
    assertThat(site.within("acme", "tiny", "touch /etc/mine; cat /etc/mine")).isEmpty();
    site.push("acme", "no image", Tree.tenant("acme").idle("web"));
    site.sync(0);
  }

  @Test
  void anImageOutsideTheCatalogueIsRefused() {
    site.push(
        "acme",
        "nameless",
        Tree.tenant("acme").container("web", OF_IMAGE.replace("tiny", "other")));
    assertThat(site.sync(3)).contains("BB409", "other");
    site.push("acme", "no image", Tree.tenant("acme").idle("web"));
    site.sync(0);
  }
}
