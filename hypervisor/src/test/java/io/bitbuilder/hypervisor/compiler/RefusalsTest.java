package io.bitbuilder.hypervisor.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What earlier stages vouch for is checked once more before it reaches a file. */
class RefusalsTest {
  private static FileTree compile(TenantInput tenant) {
    return Compiler.compile(tenant.resolve(), Inputs.HEALTH, Inputs.TEMPLATES).tree();
  }

  private static FileTree compile(ContainerInput container) {
    return compile(new TenantInput("acme", 1).container(container));
  }

  private static void refused(ContainerInput container) {
    assertThatIllegalArgumentException().isThrownBy(() -> compile(container));
  }

  private static ContainerInput web() {
    return new ContainerInput("web");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a2345678901234-6", "a b", "a/b", "A", "a_b", "`", "{", ":", "%i"})
  void aBridgeOfAnImpossibleName(String name) {
    TenantInput tenant = new TenantInput("acme", 1).bridge(name);
    assertThatIllegalArgumentException().isThrownBy(() -> compile(tenant));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "z", "0", "9", "a2345678901234-"})
  void aBridgeOfAPossibleName(String name) {
    assertThat(compile(new TenantInput("acme", 1).bridge(name)).nodes())
        .containsKeys("network/40-" + name + ".netdev", "network/40-" + name + ".network");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", ".a", "a/b", "*", "%h", "a b", "a:b", "`", "{", "[", "@"})
  void aCredentialThatIsNotNamedLikeAFile(String name) {
    refused(web().credential(name, "a"));
    refused(web().credential("a", name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "z", "A", "Z", "0", "9", "_", "-", "a.b"})
  void aCredentialThatIs(String name) {
    assertThat(compile(web().credential(name, name)).nodes().toString())
        .contains("ImportCredential=tenant.acme." + name + "\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {129, 500})
  void aCredentialOfALongName(int length) {
    refused(web().credential("a".repeat(length), "a"));
    assertThat(compile(web().credential("a".repeat(128), "a")).nodes()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "..", "/../../../../etc"})
  void anImageWithoutAPinnedDigest(String digest) {
    refused(web().image(new CatalogueImage("x", "https://x", digest, CatalogueImage.Type.RAW, "")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "g", "`", "/", ":", "."})
  void anImageWhoseDigestIsNotHexadecimal(String digit) {
    refused(web().image(Inputs.image("x", CatalogueImage.Type.TAR, "0" + digit)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "9", "a", "f"})
  void anImageWhoseDigestIs(String digit) {
    String digest = digit.repeat(64);
    assertThat(
            compile(web().image(Inputs.image("x", CatalogueImage.Type.TAR, digit + digit)))
                .nodes()
                .toString())
        .contains("What=/var/lib/bitbuilder/images/" + digest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "srv", "../srv", "/..", "/a/../b", "/a\nb"})
  void aVolumeAtAnImpossiblePlace(String path) {
    refused(web().volume("data", path, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "a/b", "A"})
  void aUidThatWouldNameAnotherDirectory(String uid) {
    refused(web().uid(uid));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0", "\u001b[31m", "\u007f", "\ud800"})
  void aTextThatSystemdCannotCarry(String text) {
    refused(web().set("A", text));
    refused(web().command("/bin/echo", text));
  }
}
