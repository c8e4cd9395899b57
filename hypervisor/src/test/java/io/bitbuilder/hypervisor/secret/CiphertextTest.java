package io.bitbuilder.hypervisor.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CiphertextTest {
  private static final String SEALED =
      Base64.getEncoder().encodeToString(new byte[Sealing.OVERHEAD + 1]);

  private static Ciphertext.Parsed parse(String text) {
    return Ciphertext.parse(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static Ciphertext read(String text) {
    return parse(text) instanceof Ciphertext.Parsed.Read(Ciphertext ciphertext)
        ? ciphertext
        : throwing(text);
  }

  private static Ciphertext throwing(String text) {
    throw new AssertionError(parse(text) + " of " + text);
  }

  private static String refused(String text) {
    return parse(text) instanceof Ciphertext.Parsed.Refused(String reason) ? reason : "";
  }

  private static String ofHost(String kind) {
    byte[] bytes = Arrays.copyOf(HexFormat.of().parseHex(kind), 100);
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void aSealedFileHasAPartForEachHost() {
    HostKey one = Sealing.publicKey(Sealing.generate());
    HostKey other = Sealing.publicKey(Sealing.generate());
    Map<HostKey, byte[]> parts = new LinkedHashMap<>();
    for (HostKey key : new HostKey[] {one, other}) {
      parts.put(key, Sealing.seal(key, "acme", "db", new byte[] {1, 2, 3}));
    }
    Ciphertext ciphertext = Ciphertext.of(parts);
    assertThat(ciphertext.form()).isEqualTo(Ciphertext.Form.SEALED);
    assertThat(ciphertext.text()).startsWith("bitbuilder-sealed 1\n" + one.id() + " ");
    assertThat(ciphertext.part(one.id())).hasValue(parts.get(one));
    assertThat(ciphertext.part(other.id())).hasValue(parts.get(other));
    assertThat(ciphertext.part("0".repeat(16))).isEmpty();
    assertThat(read(ciphertext.text())).isEqualTo(ciphertext);
    assertThat(read(ciphertext.text().replace("\n", "\r\n"))).isEqualTo(ciphertext);
    assertThat(ciphertext).hasToString("secret");
  }

  @Test
  void whatAHostEncryptedIsTakenAsItWasPrinted() {
    String text = ofHost("5a1c6a86df9d4096b1d5a65e0862f19a");
    Ciphertext ciphertext = read(text.substring(0, 60) + "\n" + text.substring(60) + "\n");
    assertThat(ciphertext.form()).isEqualTo(Ciphertext.Form.HOST);
    assertThat(ciphertext.text()).isEqualTo(text + "\n");
    assertThat(read(ciphertext.text())).isEqualTo(ciphertext);
    assertThat(ciphertext).hasToString("secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "058469daf6f54324800549da0f8ea2fb|without a key",
        "55b9ed1d38594d43a8319d2ebb332ac6|for one user",
        "00000000000000000000000000000000|may be the secret itself"
      })
  void whatOthersCanReadIsRefused(String kind, String reason) {
    assertThat(refused(ofHost(kind))).contains(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n",
        "canary",
        "Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5",
        "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary\n-----END OPENSSH PRIVATE KEY-----\n",
        "SetCredentialEncrypted=canary: \\\n  Whxqht+dQJax1aZeCGLxmiAAAAABAAAA",
        "WhxqhtcanaryQJax1aZeCGLxmg==",
        "bitbuilder-sealed 2\ncanary",
        "bitbuilder-sealed 1\n",
        "bitbuilder-sealed 1\ncanary",
        "bitbuilder-sealed 1\n0123456789abcdef Y2FuYXJ5",
        "bitbuilder-sealed 1 canary\n0123456789abcdef Y2FuYXJ5"
      })
  void allElseIsRefusedWithoutAWordOfIt(String text) {
    assertThat(refused(text)).isNotEmpty().doesNotContain("canary", "Y2FuYXJ5");
  }

  @Test
  void aHostIsThereOnceAndOfHostsThereIsALimit() {
    String line = "0123456789abcdef " + SEALED + "\n";
    assertThat(refused("bitbuilder-sealed 1\n" + line + line)).contains("line 3", "already");
    StringBuilder many = new StringBuilder("bitbuilder-sealed 1\n");
    for (int i = 0; i < 65; i++) {
      many.append("%016x ".formatted(i)).append(SEALED).append('\n');
    }
    assertThat(refused(many.toString())).contains("64");
    assertThat(refused("bitbuilder-sealed 1\n" + line.toUpperCase(java.util.Locale.ROOT)))
        .contains("line 2");
    assertThat(refused("a".repeat(Ciphertext.LIMIT + 1))).contains("bytes");
  }

  @Test
  void whatWouldBeTooLargeIsNotMade() {
    HostKey key = Sealing.publicKey(Sealing.generate());
    assertThatThrownBy(() -> Ciphertext.of(Map.of(key, new byte[Ciphertext.LIMIT])))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Ciphertext.of(Map.of(key, new byte[780_000])).text().length())
        .isLessThan(Ciphertext.LIMIT);
  }

  @Test
  void namesAreThoseOfCredentials() {
    assertThat(Ciphertext.isName("db.password_1-a")).isTrue();
    for (String name : new String[] {"", ".db", "a/b", "a b", "a\n", "x".repeat(129)}) {
      assertThat(Ciphertext.isName(name)).as(name).isFalse();
    }
  }
}
