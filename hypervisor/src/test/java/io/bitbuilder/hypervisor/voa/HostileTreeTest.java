package io.bitbuilder.hypervisor.voa;

import static io.bitbuilder.hypervisor.voa.Tree.ETC;
import static io.bitbuilder.hypervisor.voa.Tree.PGP;
import static io.bitbuilder.hypervisor.voa.Tree.RUN;
import static io.bitbuilder.hypervisor.voa.Tree.SSH;
import static io.bitbuilder.hypervisor.voa.Tree.USR;
import static io.bitbuilder.hypervisor.voa.Tree.broken;
import static io.bitbuilder.hypervisor.voa.Tree.canonical;
import static io.bitbuilder.hypervisor.voa.Tree.certificate;
import static io.bitbuilder.hypervisor.voa.Tree.name;
import static io.bitbuilder.hypervisor.voa.Tree.sshKey;
import static io.bitbuilder.hypervisor.voa.Tree.sshName;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.voa.Warning.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What overrides what, and trees nobody in their right mind would make. */
class HostileTreeTest {
  private static final String ONE = name(1);

  @TempDir Path root;
  private Tree tree;

  @BeforeEach
  void prepare() {
    tree = new Tree(root);
  }

  @Test
  void sshKeyOverridesTheOneBelow() throws IOException {
    tree.file(USR + SSH + sshName(1), sshKey(1));
    tree.file(USR + SSH + sshName(2), sshKey(2));
    tree.file(ETC + SSH + sshName(1), "# ours\n" + sshKey(1));
    Lookup lookup = tree.commits();
    assertThat(lookup.warnings()).isEmpty();
    assertThat(canonical(lookup))
        .containsExactlyInAnyOrder(ETC + SSH + sshName(1), USR + SSH + sshName(2));
    assertThat(lookup.files())
        .extracting(Lookup.LookedAt::fate)
        .contains(new Lookup.Fate.Shadowed(Path.of("/" + ETC + SSH + sshName(1))));
  }

  @Test
  void whatDoesNotCountOverridesNothing() throws IOException {
    tree.file(ETC + SSH + sshName(1), "garbage");
    tree.file(USR + SSH + sshName(1), sshKey(1));
    assertThat(broken(tree.commits())).containsExactly(Rule.CONTENT);
    assertThat(canonical(tree.commits())).containsExactly(USR + SSH + sshName(1));
  }

  @Test
  void sameNameInTwoOsIsNoOverride() throws IOException {
    tree.file(USR + "a/p/default/ssh/" + sshName(1), sshKey(1));
    tree.file(USR + "b/p/default/ssh/" + sshName(1), sshKey(1));
    Lookup lookup =
        tree.voa()
            .lookup(
                List.of(new Os("a"), new Os("b"), new Os("a")),
                Purpose.of("p"),
                Context.DEFAULT,
                Technology.SSH);
    assertThat(lookup.verifiers()).extracting(one -> one.os().value()).containsExactly("a", "b");
  }

  @Test
  void linkToAMaskedVerifierIsMasked() throws IOException {
    String other = "bitbuilder/extension/default/openpgp/";
    tree.file(USR + other + ONE, certificate(1));
    tree.link(USR + PGP + ONE, "/" + USR + other + ONE);
    assertThat(tree.images().verifiers()).hasSize(1);
    tree.link(RUN + other + ONE, "/dev/null");
    assertThat(tree.images().verifiers()).isEmpty();
    assertThat(tree.images().warnings()).isEmpty();
  }

  @Test
  void linkedDirectoryCounts() throws IOException {
    tree.file(USR + "bitbuilder/extension/default/openpgp/" + ONE, certificate(1));
    tree.link(ETC + "bitbuilder/image/default", "/" + USR + "bitbuilder/extension/default");
    Lookup lookup = tree.images();
    assertThat(lookup.warnings()).isEmpty();
    assertThat(canonical(lookup))
        .containsExactly(USR + "bitbuilder/extension/default/openpgp/" + ONE);
  }

  @Test
  void linkedDirectoryMayLackWhatIsLookedFor() throws IOException {
    tree.file(USR + "bitbuilder/extension/default/openpgp/" + ONE, certificate(1));
    tree.link(ETC + "bitbuilder", "/" + USR + "bitbuilder");
    assertThat(tree.images().warnings()).isEmpty();
    assertThat(tree.images().verifiers()).isEmpty();
  }

  @Test
  void twoWaysThroughOneLinkAreNoCycle() throws IOException {
    tree.file(ETC + "pool/image/other/openpgp/" + ONE, certificate(1));
    tree.link(ETC + "bitbuilder/image", "../pool/image");
    tree.link(
        ETC + "pool/image/default/openpgp/" + ONE,
        "/" + ETC + "bitbuilder/image/other/openpgp/" + ONE);
    Lookup lookup = tree.images();
    assertThat(lookup.warnings()).isEmpty();
    assertThat(canonical(lookup)).containsExactly(ETC + "pool/image/other/openpgp/" + ONE);
  }

  @Test
  void directoryThatLeadsIntoItselfEnds() throws IOException {
    tree.file(ETC + "bitbuilder/image/default/file", "");
    tree.link(ETC + "bitbuilder/image/default/openpgp", "openpgp/openpgp");
    assertThat(broken(tree.images())).containsExactly(Rule.CYCLE);
  }

  @Test
  void linkIntoAMaskedDirectoryIsNoMask() throws IOException {
    tree.file(USR + PGP + ONE, certificate(1));
    tree.link(ETC + "pool", "/dev/null");
    tree.link(ETC + PGP + ONE, "/" + ETC + "pool/" + ONE);
    assertThat(broken(tree.images())).containsExactly(Rule.MASK_DIRECTORY);
    assertThat(canonical(tree.images())).containsExactly(USR + PGP + ONE);
  }

  @Test
  void maskOfAHopMasks() throws IOException {
    tree.file(USR + "c/image/default/openpgp/" + ONE, certificate(1));
    tree.link(USR + "b/image", "/" + USR + "c/image");
    tree.link(USR + "bitbuilder/image", "/" + USR + "b/image");
    assertThat(tree.images().verifiers()).hasSize(1);
    tree.link(ETC + "b/image/default/openpgp/" + ONE, "/dev/null");
    assertThat(tree.images().verifiers()).isEmpty();
    assertThat(tree.images().warnings()).isEmpty();
  }

  @Test
  void tenantKeysNeverVerifyImages() throws IOException {
    tree.file(ETC + "bitbuilder/git-commit/acme/openpgp/" + ONE, certificate(1));
    assertThat(tree.images().verifiers()).isEmpty();
  }

  @Test
  void anchorsAreAPurposeOfTheirOwn() throws IOException {
    tree.file(ETC + "bitbuilder/trust-anchor-image/default/openpgp/" + ONE, certificate(1));
    assertThat(tree.images().verifiers()).isEmpty();
    assertThat(
            tree.voa()
                .lookup(
                    List.of(Os.BITBUILDER),
                    new Purpose("image", true),
                    Context.DEFAULT,
                    Technology.OPENPGP)
                .verifiers())
        .hasSize(1);
  }

  @Test
  void minisignHasNoAnchors() throws IOException {
    tree.file(ETC + "a/trust-anchor-p/default/minisign/k.pub", "x");
    tree.link(ETC + "a/p/default/minisign/k.pub", "../../../trust-anchor-p/default/minisign/k.pub");
    tree.file(ETC + "a/p/default/minisign/l.pub", "x");
    Lookup lookup = minisign(Purpose.of("p"));
    assertThat(broken(lookup)).containsExactly(Rule.NO_ANCHORS);
    assertThat(canonical(lookup)).containsExactly(ETC + "a/p/default/minisign/l.pub");
    assertThat(broken(minisign(Purpose.of("trust-anchor-p")))).containsExactly(Rule.NO_ANCHORS);
  }

  private Lookup minisign(Purpose purpose) {
    return tree.voa()
        .lookup(List.of(new Os("a")), purpose, Context.DEFAULT, new Technology("minisign"));
  }

  @Test
  void unknownTechnologyIsAWarning() throws IOException {
    tree.file(ETC + "bitbuilder/image/default/openpgp:2/x", "");
    Lookup lookup =
        tree.voa()
            .lookup(
                List.of(Os.BITBUILDER),
                Purpose.of("image"),
                Context.DEFAULT,
                new Technology("openpgp:2"));
    assertThat(lookup.warnings())
        .extracting(Warning::text)
        .containsExactly(
            "/etc/voa/bitbuilder/image/default/openpgp:2: the technology is not known to this"
                + " version");
  }

  @Test
  void namesAreEscaped() throws IOException {
    tree.file(ETC + PGP + "a\n\u001b[31merror: all is lost", "");
    assertThat(tree.images().warnings().getFirst().text())
        .startsWith(
            "/etc/voa/bitbuilder/image/default/openpgp/a\\n\\u{1b}[31merror: all is lost: ");
  }

  @Test
  void targetsOfLinksAreEscaped() throws IOException {
    tree.link(ETC + PGP + ONE, "a\n\u001b[31mb");
    assertThat(tree.images().warnings().getFirst().text()).contains("\\n\\u{1b}[31mb");
  }

  @Test
  void danglingLinkIsIgnored() throws IOException {
    tree.link(ETC + PGP + ONE, "../../other/openpgp/" + ONE);
    assertThat(broken(tree.images())).containsExactly(Rule.DANGLING);
  }

  @Test
  void longChainEnds() throws IOException {
    for (int i = 0; i < 60; i++) {
      tree.link(ETC + "bitbuilder/pool/" + i + "/" + ONE, "../" + (i + 1) + "/" + ONE);
    }
    tree.file(ETC + "bitbuilder/pool/60/" + ONE, certificate(1));
    tree.link(ETC + PGP + ONE, "../../../pool/0/" + ONE);
    assertThat(broken(tree.images())).containsExactly(Rule.CYCLE);
  }

  @Test
  void linkedLoadPathIsNone() throws IOException {
    tree.file("srv/voa/" + PGP + ONE, certificate(1));
    tree.link("etc/voa", "/srv/voa");
    assertThat(broken(tree.images())).containsExactly(Rule.OUTSIDE);
    assertThat(tree.images().verifiers()).isEmpty();
  }

  @Test
  void linkToALoadPathItselfIsOutside() throws IOException {
    tree.file(USR + "file", "");
    tree.link(ETC + "bitbuilder/image/default/openpgp", "/usr/share/voa");
    assertThat(broken(tree.images())).containsExactly(Rule.OUTSIDE);
  }

  @Test
  void fifoIsNotOpened() throws Exception {
    tree.file(ETC + PGP + name(2), certificate(2));
    Path fifo = root.resolve(ETC + PGP + ONE);
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    assertThat(broken(tree.images())).containsExactly(Rule.FILE_TYPE);
    assertThat(tree.images().verifiers()).hasSize(1);
  }

  @Test
  void deviceIsNotOpened() throws IOException {
    tree.link(ETC + PGP + ONE, "/dev/zero");
    assertThat(broken(tree.images())).containsExactly(Rule.OUTSIDE);
  }

  @Test
  void largeFileIsNotRead() throws IOException {
    tree.file(ETC + PGP + ONE, certificate(1) + " ".repeat(Bounded.LIMIT));
    assertThat(broken(tree.images())).containsExactly(Rule.TOO_MUCH);
  }

  @Test
  void hugeDirectoryCountsNotAtAllButItsMasksDo() throws IOException {
    for (int i = 0; i <= Bounded.Listing.ENTRIES; i++) {
      tree.file(ETC + PGP + i, "");
    }
    tree.link(ETC + PGP + ONE, "/dev/null");
    tree.file(USR + PGP + ONE, certificate(1));
    tree.file(USR + PGP + name(2), certificate(2));
    Lookup lookup = tree.images();
    assertThat(broken(lookup)).containsExactly(Rule.TOO_MUCH);
    assertThat(canonical(lookup)).containsExactly(USR + PGP + name(2));
  }

  @Test
  void unreadableFileIsAWarning() throws IOException {
    Path file = tree.file(ETC + PGP + ONE, certificate(1));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    Assumptions.assumeFalse(Files.isReadable(file), "root reads everything");
    assertThat(broken(tree.images())).containsExactly(Rule.UNREADABLE);
  }

  @Test
  void whereMasksCannotBeSeenNothingCounts() throws IOException {
    tree.file(ETC + PGP + name(2), certificate(2));
    tree.file(USR + PGP + ONE, certificate(1));
    Path directory = root.resolve(ETC + "bitbuilder");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("---------"));
    try {
      Assumptions.assumeFalse(Files.isReadable(directory), "root reads everything");
      assertThat(broken(tree.images())).containsExactly(Rule.UNREADABLE, Rule.UNREADABLE);
      assertThat(tree.images().verifiers()).isEmpty();
    } finally {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void fileReplacedByALinkIsNotFollowed() throws IOException {
    Path file = tree.file(ETC + PGP + ONE, certificate(1));
    tree.file("srv/" + ONE, certificate(1));
    Lookup lookup =
        racing(() -> {
          Files.delete(file);
          tree.link(ETC + PGP + ONE, "/srv/" + ONE);
        });
    assertThat(broken(lookup)).containsExactly(Rule.CHANGED);
    assertThat(lookup.verifiers()).isEmpty();
  }

  @Test
  void directoryReplacedByALinkIsSeen() throws IOException {
    tree.file(ETC + PGP + ONE, certificate(1));
    tree.file("srv/openpgp/" + ONE, certificate(1));
    Path directory = root.resolve(ETC + PGP);
    Lookup lookup =
        racing(() -> {
          Files.move(directory, root.resolve("srv/moved"));
          Files.createSymbolicLink(directory, root.resolve("srv/openpgp"));
        });
    assertThat(broken(lookup)).containsExactly(Rule.CHANGED);
    assertThat(lookup.verifiers()).isEmpty();
  }

  /** A lookup in which something happens between looking at a file and reading it. */
  private Lookup racing(Change change) {
    return new Voa(
            LoadPaths.system(root),
            path -> {
              try {
                change.run();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              return Bounded.read(path);
            })
        .lookup(List.of(Os.BITBUILDER), Purpose.of("image"), Context.DEFAULT, Technology.OPENPGP);
  }

  private interface Change {
    void run() throws IOException;
  }
}
