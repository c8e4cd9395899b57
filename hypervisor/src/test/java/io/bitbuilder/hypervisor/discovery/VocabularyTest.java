package io.bitbuilder.hypervisor.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.schema.Scalar;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyTest {
  private static void check(Scalar<?> scalar, List<String> names, List<String> others) {
    assertThat(names).allSatisfy(text -> assertThat(Scalars.findings(scalar, text)).isEmpty());
    assertThat(others)
        .allSatisfy(text -> assertThat(Scalars.accepts(scalar, text)).as(text).isFalse());
  }

  /** Next to the letters and digits of ASCII, and what looks like one of them. */
  private static final List<String> NEVER =
      List.of("", "a b", "a\n", "a`", "a{", "a[", "a@b/", "é", "٣", "ａ", "a\"", "a$", "a%", "a;");

  @Test
  void noNameHoldsWhatAShellOrAUnitFileWouldRead() {
    for (Scalar<?> scalar :
        List.of(
            Vocabulary.BRIDGE,
            Vocabulary.INTERFACE,
            Vocabulary.IMAGE,
            Vocabulary.UID,
            Vocabulary.CREDENTIAL,
            Vocabulary.REF,
            Vocabulary.USER,
            Vocabulary.STEM,
            Vocabulary.TAG,
            Vocabulary.SIGNER,
            Vocabulary.UNIT)) {
      check(scalar, List.of(), NEVER);
    }
  }

  @Test
  void bridges() {
    check(
        Vocabulary.BRIDGE,
        List.of("br-a", "br-0", "br-a-z9", "br-" + "a".repeat(12)),
        List.of("br-", "br--", "br-a-", "br-A", "br-a.b", "bra", "eth0", "br-" + "a".repeat(13)));
  }

  @Test
  void interfaces() {
    check(
        Vocabulary.INTERFACE,
        List.of("wg0", "a", "a".repeat(15)),
        List.of("0a", "-a", "a-", "A", "a.1", "a".repeat(16)));
  }

  @Test
  void images() {
    check(
        Vocabulary.IMAGE,
        List.of("host", "debian-14", "alpine-3.22", "9", "a".repeat(64)),
        List.of("-a", "a-", ".a", "a.", "A", "a_b", "a/b", "a".repeat(65)));
  }

  @Test
  void uids() {
    check(
        Vocabulary.UID,
        List.of("a", "old-1", "a".repeat(31)),
        List.of("A", "0", "-", "--bind", "a-", "a.b", "..", "a/b", "a".repeat(32)));
  }

  @Test
  void credentials() {
    check(
        Vocabulary.CREDENTIAL,
        List.of("db.password", "A_b-9", "0", "a".repeat(128)),
        List.of(".a", "-a", "_a", "..", "a/b", "a*", "a:b", "a".repeat(129)));
    check(Vocabulary.STEM, List.of("a".repeat(64)), List.of("a".repeat(65)));
  }

  @Test
  void branches() {
    check(
        Vocabulary.REF,
        List.of("main", "release/1.0", "a_b-c", "v1.lock.x", "a".repeat(200)),
        List.of(
            "-a", "/a", ".a", "a..b", "a//b", "a/.b", "a/", "a.", "a.lock", "a~1", "a^", "a:b"));
    check(Vocabulary.REF, List.of(), List.of("a".repeat(201), "HEAD@"));
  }

  @Test
  void users() {
    check(
        Vocabulary.USER,
        List.of("_", "a", "deploy-1", "a_b", "a".repeat(31)),
        List.of("0a", "-a", "A", "a.b", "root$", "a".repeat(32)));
  }

  @Test
  void tagsAndSigners() {
    check(
        Vocabulary.TAG,
        List.of("zone=a", "a.b_c-d", "0", "a".repeat(64)),
        List.of("=a", "-a", "a@b", "a".repeat(65)));
    check(
        Vocabulary.SIGNER,
        List.of("ann@example.org", "a.b_c-d+e", "a".repeat(64)),
        List.of("@a", "a=b", "a".repeat(65)));
  }

  @Test
  void units() {
    check(
        Vocabulary.UNIT,
        List.of("nginx.service", "a@b.service", "dev-sda\\x2d1.device", "a.timer", ":a.mount"),
        List.of("nginx", ".service", "-a.service", "a.conf", "a.", "a/b.service", "a.service "));
    check(
        Vocabulary.UNIT,
        List.of("a".repeat(247) + ".service"),
        List.of("a".repeat(248) + ".service"));
  }

  @Test
  void paths() {
    String limit = "/" + "a".repeat(254);
    check(
        Vocabulary.PATH,
        List.of("/a", "/srv/data-1", "/.a", "/a..b", "/A.b_c+d@e=f,g~h-9", limit),
        List.of(
            "", "/", "a", "/a/", "//a", "/a//b", "/.", "/a/..", "/../a", "/a/./b", limit + "a"));
    check(
        Vocabulary.FILE,
        List.of("a", "networks/lan.yaml", ".gitops/x"),
        List.of("", "/a", "a/", "..", "a/../b", "a//b", "a b"));
    check(
        Vocabulary.HTTP_PATH,
        List.of("/", "/a?b=%20#~", "/!", "/" + "a".repeat(254)),
        List.of("", "a", "/a b", "/a\n", "/\u007f", "/é", "/" + "a".repeat(255)));
    assertThat(Scalars.findings(Vocabulary.PATH, "a")).extracting("code").containsOnly(Code.BB210);
  }

  @Test
  void capabilities() {
    check(Vocabulary.CAPABILITY, List.of("CAP_NET_ADMIN", "CAP_IPC_LOCK"), List.of());
    assertThat(Scalars.findings(Vocabulary.CAPABILITY, "CAP_SYS_ADMIN"))
        .extracting("code")
        .containsExactly(Code.BB407);
    for (String text : List.of("net_admin", "CAP_", "CAP_A B", "cap_net_admin")) {
      Code code = text.equals("CAP_") ? Code.BB407 : Code.BB204;
      assertThat(Scalars.findings(Vocabulary.CAPABILITY, text))
          .as(text)
          .extracting("code")
          .containsExactly(code);
    }
  }

  /** What an editor accepts by the schema and what we accept is the same. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void thePatternsOfTheSchemaAreTheRules(long seed) {
    Random random = new Random(seed);
    for (Scalar<?> scalar :
        List.of(
            Vocabulary.BRIDGE,
            Vocabulary.INTERFACE,
            Vocabulary.IMAGE,
            Vocabulary.UID,
            Vocabulary.CREDENTIAL,
            Vocabulary.USER,
            Vocabulary.STEM,
            Vocabulary.TAG,
            Vocabulary.SIGNER,
            Vocabulary.HTTP_PATH)) {
      Map<String, Object> json = scalar.json();
      Pattern pattern = Pattern.compile(String.valueOf(json.get("pattern")));
      for (int i = 0; i < 500; i++) {
        String text = text(random);
        assertThat(Scalars.accepts(scalar, text))
            .as("%s: `%s`", scalar.word(), text)
            .isEqualTo(pattern.matcher(text).matches());
      }
    }
  }

  private static String text(Random random) {
    List<String> pieces =
        List.of(
            "a", "z", "0", "9", "-", "A", "Z", ".", "_", "/", "=", "@", "+", ":", " ", "`", "[",
            "{");
    StringBuilder text = new StringBuilder(List.of("", "br-", "/").get(random.nextInt(3)));
    int kinds = 1 + random.nextInt(pieces.size());
    for (int length = random.nextInt(18); length > 0; length--) {
      text.append(pieces.get(random.nextInt(kinds)));
    }
    return text.toString();
  }
}
