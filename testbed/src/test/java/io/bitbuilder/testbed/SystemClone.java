package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SortedMap;

/**
 * A clone of the system repository on the host, of an operator whose signature counts there, beside
 * one tenant.
 */
final class SystemClone {
  static final String TOP = "/srv/w/";

  private static final String PUSH =
      """
      cd /srv/w
      git add -A
      git -c user.name=test -c user.email=test@example.com -c gpg.format=ssh -c user.signingKey=/srv/keys/operator.pub \
        -c commit.gpgSign=true commit -q -m push
      git push -q origin HEAD:main\
      """;

  private final Site site;

  private SystemClone(Site site) {
    this.site = site;
  }

  /** The first, and the only one of a host. */
  static SystemClone first(Site site) {
    GitServer git = site.git();
    site.hostFile(
        """
        systemRepository: {url: %s, ref: main}
        signers: ["%s"]
        """
            .formatted(git.url("system"), git.key("operator")));
    git.signAs("operator");
    site.register("acme").publish();
    site.push("acme", "first", Tree.tenant("acme").idle("web"));
    site.sync(0);
    site.host().sh("git clone -q /srv/git/system.git /srv/w");
    return of(site);
  }

  /** The one that is there. */
  static SystemClone of(Site site) {
    return new SystemClone(site);
  }

  void write(String path, String text) {
    site.host().write(TOP + path, text);
  }

  void push() {
    site.host().sh(PUSH);
  }

  /** Syncs; whatever becomes of the host itself, no tenant notices. */
  String sync(int status) {
    SortedMap<String, String> before = site.invocations();
    String said = site.sync(status);
    assertThat(site.invocations()).isEqualTo(before);
    return said;
  }
}
