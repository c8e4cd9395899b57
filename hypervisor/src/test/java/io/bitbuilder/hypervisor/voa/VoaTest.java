package io.bitbuilder.hypervisor.voa;

import static io.bitbuilder.hypervisor.voa.Tree.ETC;
import static io.bitbuilder.hypervisor.voa.Tree.LOCAL;
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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.voa.Warning.Rule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vectors that implementations of UAPI.11 agree on, by their numbers. */
class VoaTest {
  private static final String ONE = name(1);
  private static final String UP = "../../../../../../";

  @TempDir Path root;
  private Tree tree;

  @BeforeEach
  void prepare() {
    tree = new Tree(root);
  }

  @Test
  void v01LinkFromHighToLowCounts() throws IOException {
    tree.file(LOCAL + PGP + ONE, certificate(1));
    tree.link(ETC + PGP + ONE, UP + LOCAL + PGP + ONE);
    Lookup lookup = tree.images();
    assertThat(lookup.warnings()).isEmpty();
    assertThat(canonical(lookup)).containsExactly(LOCAL + PGP + ONE, LOCAL + PGP + ONE);
    assertThat(lookup.verifiers().getFirst().copies().getFirst().path())
        .isEqualTo(Path.of("/" + ETC + PGP + ONE));
  }

  @Test
  void v01LinkFromLowToHighDoesNot() throws IOException {
    tree.file(ETC + "bitbuilder/image/other/openpgp/" + ONE, certificate(1));
    tree.link(LOCAL + PGP + ONE, "/" + ETC + "bitbuilder/image/other/openpgp/" + ONE);
    Lookup lookup = tree.images();
    assertThat(lookup.verifiers()).isEmpty();
    assertThat(broken(lookup)).containsExactly(Rule.PRIORITY);
  }

  @Test
  void v02LinkOutsideIsIgnored() throws IOException {
    tree.file("srv/" + ONE, certificate(1));
    tree.link(ETC + PGP + ONE, UP + "srv/" + ONE);
    Lookup lookup = tree.images();
    assertThat(lookup.verifiers()).isEmpty();
    assertThat(broken(lookup)).containsExactly(Rule.OUTSIDE);
    assertThat(lookup.warnings().getFirst().text()).contains("outside of the load paths");
  }

  @Test
  void v03LinkOutAndBackInIsIgnored() throws IOException {
    tree.file(USR + "bitbuilder/image/default/openpgp/" + ONE, certificate(1));
    tree.link("srv/bitbuilder", "/" + USR + "bitbuilder");
    tree.link(ETC + "bitbuilder", "../../srv/bitbuilder");
    Lookup lookup = tree.images();
    assertThat(broken(lookup)).containsExactly(Rule.OUTSIDE);
    assertThat(canonical(lookup)).containsExactly(USR + PGP + ONE);
    assertThat(lookup.verifiers().getFirst().copies()).hasSize(1);
  }

  @Test
  void v03TargetThatCrossesALinkOutsideIsIgnored() throws IOException {
    tree.file(USR + PGP + ONE, certificate(1));
    tree.file("opt/deep/er/file", "");
    tree.link("srv/way", "/opt/deep/er");
    tree.link(ETC + PGP + ONE, "/srv/way/../../" + USR + PGP + ONE);
    Lookup lookup = tree.images();
    assertThat(broken(lookup)).containsExactly(Rule.OUTSIDE);
    assertThat(lookup.verifiers().getFirst().copies()).hasSize(1);
  }

  @Test
  void v04CycleIsIgnoredAndTheRestIsFound() throws IOException {
    tree.link(ETC + PGP + ONE, "../../other/openpgp/" + ONE);
    tree.link(ETC + "bitbuilder/image/other/openpgp/" + ONE, "../../default/openpgp/" + ONE);
    tree.file(ETC + PGP + name(2), certificate(2));
    Lookup lookup = tree.images();
    assertThat(broken(lookup)).containsExactly(Rule.CYCLE);
    assertThat(canonical(lookup)).containsExactly(ETC + PGP + name(2));
  }

  @Test
  void v05MaskInEtcHidesUsr() throws IOException {
    tree.file(USR + PGP + ONE, certificate(1));
    tree.file(USR + PGP + name(2), certificate(2));
    tree.link(ETC + PGP + ONE, "/dev/null");
    Lookup lookup = tree.images();
    assertThat(lookup.warnings()).isEmpty();
    assertThat(canonical(lookup)).containsExactly(USR + PGP + name(2));
    assertThat(lookup.files())
        .extracting(Lookup.LookedAt::fate)
        .contains(new Lookup.Fate.Masks(), new Lookup.Fate.Masked(Path.of("/" + ETC + PGP + ONE)));
  }

  @Test
  void v05MaskInRunHidesEtc() throws IOException {
    tree.file(ETC + PGP + ONE, certificate(1));
    tree.link(RUN + PGP + ONE, UP + "dev/null");
    Lookup lookup = tree.images();
    assertThat(lookup.warnings()).isEmpty();
    assertThat(lookup.verifiers()).isEmpty();
  }

  @Test
  void v05MaskInUsrIsNotExpected() throws IOException {
    tree.file(LOCAL + PGP + ONE, certificate(1));
    tree.link(USR + PGP + ONE, "/dev/null");
    Lookup lookup = tree.images();
    assertThat(broken(lookup)).containsExactly(Rule.MASK_PLACE);
    assertThat(canonical(lookup)).containsExactly(LOCAL + PGP + ONE);
  }

  @Test
  void v06MaskByTwoHopsHides() throws IOException {
    tree.file(USR + PGP + ONE, certificate(1));
    tree.link(ETC + PGP + ONE, "../../masked/openpgp/" + ONE);
    tree.link(ETC + "bitbuilder/image/masked/openpgp/" + ONE, "/dev/null");
    Lookup lookup = tree.images();
    assertThat(lookup.warnings()).isEmpty();
    assertThat(lookup.verifiers()).isEmpty();
  }

  @Test
  void v07MaskOfADirectoryIsIgnored() throws IOException {
    tree.file(USR + PGP + ONE, certificate(1));
    tree.link(ETC + "bitbuilder/image/default/openpgp", "/dev/null");
    tree.link(RUN + "bitbuilder", "/dev/null");
    Lookup lookup = tree.images();
    assertThat(broken(lookup)).containsExactly(Rule.MASK_DIRECTORY, Rule.MASK_DIRECTORY);
    assertThat(canonical(lookup)).containsExactly(USR + PGP + ONE);
  }

  @Test
  void v08LinkOfAnotherNameIsIgnored() throws IOException {
    tree.file(USR + PGP + ONE, certificate(1));
    tree.link(ETC + PGP + name(2), "/" + USR + PGP + ONE);
    Lookup lookup = tree.images();
    assertThat(broken(lookup)).containsExactly(Rule.LINK_NAME);
    assertThat(canonical(lookup)).containsExactly(USR + PGP + ONE);
  }

  @Test
  void v08EveryHopHasTheName() throws IOException {
    tree.file(USR + "bitbuilder/pool/" + ONE, certificate(1));
    tree.link(USR + "bitbuilder/pool/latest", ONE);
    tree.link(ETC + PGP + ONE, "/" + USR + "bitbuilder/pool/latest");
    assertThat(broken(tree.images())).containsExactly(Rule.LINK_NAME);
  }

  @Test
  void v09LinkToADirectoryIsIgnored() throws IOException {
    tree.file(USR + "bitbuilder/pool/" + ONE + "/file", "");
    tree.link(ETC + PGP + ONE, "/" + USR + "bitbuilder/pool/" + ONE);
    assertThat(broken(tree.images())).containsExactly(Rule.LINK_TYPE);
    assertThat(tree.images().verifiers()).isEmpty();
  }

  @Test
  void v09LinkToAFileInPlaceOfADirectoryIsIgnored() throws IOException {
    tree.file(USR + "bitbuilder/pool/openpgp", "");
    tree.link(ETC + "bitbuilder/image/default/openpgp", "/" + USR + "bitbuilder/pool/openpgp");
    assertThat(broken(tree.images())).containsExactly(Rule.LINK_TYPE);
  }

  @Test
  void v10LinksInRunAreIgnored() throws IOException {
    tree.file(USR + PGP + ONE, certificate(1));
    tree.link(RUN + PGP + ONE, "/" + USR + PGP + ONE);
    tree.file(RUN + "bitbuilder/pool/" + name(2), certificate(2));
    tree.link(RUN + PGP + name(2), "/" + RUN + "bitbuilder/pool/" + name(2));
    Lookup lookup = tree.images();
    assertThat(broken(lookup)).containsExactly(Rule.EPHEMERAL, Rule.EPHEMERAL);
    assertThat(canonical(lookup)).containsExactly(USR + PGP + ONE);
  }

  @Test
  void v10LinkedDirectoriesInRunAreIgnored() throws IOException {
    tree.file(USR + PGP + ONE, certificate(1));
    tree.link(RUN + "bitbuilder", "/" + USR + "bitbuilder");
    Lookup lookup = tree.images();
    assertThat(broken(lookup)).containsExactly(Rule.EPHEMERAL);
    assertThat(lookup.verifiers().getFirst().copies()).hasSize(1);
  }

  @Test
  void v11AnotherFingerprintIsRejected() throws IOException {
    tree.file(ETC + PGP + ONE, certificate(2));
    tree.file(ETC + SSH + sshName(1), sshKey(2));
    assertThat(broken(tree.images())).containsExactly(Rule.MISMATCH);
    assertThat(broken(tree.commits())).containsExactly(Rule.MISMATCH);
    assertThat(tree.images().warnings().getFirst().sentence()).contains(name(2));
    assertThat(tree.images().verifiers()).isEmpty();
    assertThat(tree.commits().verifiers()).isEmpty();
  }

  @Test
  void v12UppercaseIsRejected() throws IOException {
    String upper = ONE.substring(0, 40).toUpperCase(java.util.Locale.ROOT) + ".openpgp";
    tree.file(ETC + PGP + upper, certificate(1));
    assertThat(broken(tree.images())).containsExactly(Rule.FILE_NAME);
    assertThat(tree.images().verifiers()).isEmpty();
  }

  @Test
  void v13RevocationBelowIsHandedOut() throws IOException {
    String name = "39cbc7d73fffff1944d6ccf12b9612d49715d33f.openpgp";
    tree.file(ETC + PGP + name, resource("clean.asc"));
    tree.file(USR + PGP + name, resource("revoked.asc"));
    Lookup lookup = tree.images();
    assertThat(lookup.warnings()).isEmpty();
    assertThat(lookup.verifiers()).hasSize(1);
    assertThat(lookup.verifiers().getFirst().copies())
        .extracting(Verifier.Copy::text)
        .containsExactly(resource("clean.asc"), resource("revoked.asc"));
  }

  @Test
  void v14Os() {
    assertThat(Os.isValid("arch::::")).isFalse();
    assertThat(Os.isValid("arch:::x")).isTrue();
    assertThat(Os.isValid("Arch")).isFalse();
    assertThat(Os.isValid("a:1:2:3:4")).isTrue();
    assertThat(Os.isValid("a:1:2:3:4:5")).isFalse();
    assertThat(Os.isValid("")).isFalse();
    assertThat(Os.isValid(":1")).isFalse();
    assertThat(Os.isValid("..")).isFalse();
    assertThat(Os.isValid("a/b")).isFalse();
    assertThat(new Os("arch:::cashier-system:1.0.0").parts())
        .containsExactly("arch", "", "", "cashier-system", "1.0.0");
    assertThatThrownBy(() -> new Os("a\nb")).hasMessage("no os: `a\\nb`");
  }

  @Test
  void v14SixPartsAreIgnored() throws IOException {
    tree.file(ETC + "a:1:2:3:4:5/image/default/openpgp/" + ONE, certificate(1));
    Scopes scopes = tree.voa().scopes(List.of());
    assertThat(scopes.scopes()).isEmpty();
    assertThat(scopes.warnings())
        .extracting(Warning::text)
        .containsExactly("/etc/voa/a:1:2:3:4:5: the name is no os");
  }

  @Test
  void v15Purpose() {
    assertThat(Purpose.isValid("trust-anchor-trust-anchor-x")).isFalse();
    assertThat(Purpose.isValid("trust-anchor-")).isFalse();
    assertThat(Purpose.isValid("trust-anchor-image")).isTrue();
    assertThat(Purpose.isValid("trust-anchor")).isTrue();
    assertThat(Purpose.isValid("Image")).isFalse();
    assertThat(Purpose.of("trust-anchor-image")).isEqualTo(new Purpose("image", true));
    assertThat(new Purpose("image", true)).hasToString("trust-anchor-image");
    assertThatThrownBy(() -> new Purpose("trust-anchor-x", false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void v16SpecificDoesNotSeeGeneral() throws IOException {
    tree.file(USR + "a/image/default/openpgp/" + ONE, certificate(1));
    assertThat(lookup("a:1").verifiers()).isEmpty();
    assertThat(lookup("a").verifiers()).hasSize(1);
  }

  @Test
  void v17ListIsAUnionAndAMaskIsOfOneOs() throws IOException {
    tree.file(USR + "a/image/default/openpgp/" + ONE, certificate(1));
    tree.file(USR + "a:1/image/default/openpgp/" + ONE, certificate(1));
    tree.file(USR + "a:1/image/default/openpgp/" + name(2), certificate(2));
    tree.link(ETC + "a:1/image/default/openpgp/" + ONE, "/dev/null");
    assertThat(canonical(lookup("a:1", "a")))
        .containsExactly(
            USR + "a:1/image/default/openpgp/" + name(2), USR + "a/image/default/openpgp/" + ONE);
  }

  private Lookup lookup(String... oses) {
    return tree.voa()
        .lookup(
            List.of(oses).stream().map(Os::new).toList(),
            Purpose.of("image"),
            Context.DEFAULT,
            Technology.OPENPGP);
  }

  private static String resource(String name) throws IOException {
    return Files.readString(Path.of("src/test/resources/voa", name), StandardCharsets.ISO_8859_1);
  }
}
