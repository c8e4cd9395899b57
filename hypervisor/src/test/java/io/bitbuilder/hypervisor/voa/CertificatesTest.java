package io.bitbuilder.hypervisor.voa;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificatesTest {
  @ParameterizedTest
  @ValueSource(strings = {"clean.asc", "revoked.asc"})
  void namesWhatGpgMade(String file) throws IOException {
    String text = Files.readString(Path.of("src/test/resources/voa", file), ISO_8859_1);
    Certificates.Found.Certificate found = certificate(Certificates.armored(text));
    assertThat(found.fingerprint()).isEqualTo("39cbc7d73fffff1944d6ccf12b9612d49715d33f");
    assertThat(found.version()).isEqualTo(4);
    // The checksum and the length of lines are gpg's.
    assertThat(found.armored()).isEqualTo(text);
  }

  @Test
  void namesTheKeyOfRfc9580() {
    String key = "xioGY4d/4xsAAAAg+U2nu0jWCmHlZ3BqZYfQMxmZu52JGggkLq2EVD34laM=";
    Certificates.Found.Certificate found =
        certificate(Certificates.armored(Tree.armor(Base64.getDecoder().decode(key))));
    assertThat(found.fingerprint())
        .isEqualTo("cb186c4f0609a697e4d52dfa6c722b0c1f1e27c18a56708f6525ec27bad9acc9");
    assertThat(found.version()).isEqualTo(6);
    assertThat(found.armored()).doesNotContain("\n=");
  }

  @Test
  void forgivesChecksumsHeadersAndBlanks() {
    String text = Tree.certificate(1);
    String dressed =
        "words before\r\n"
            + text.replace("BLOCK-----\n\n", "BLOCK-----  \r\nComment: none\r\n \r\n")
                .replace("\n-----END", "\r\n=AAAA\r\n-----END");
    assertThat(certificate(Certificates.armored(dressed)).fingerprint() + ".openpgp")
        .isEqualTo(Tree.name(1));
  }

  @Test
  void refusesPrivateKeys() {
    assertThat(none(Certificates.armored(Tree.certificate(1).replace("PUBLIC", "PRIVATE"))))
        .isEqualTo("has a private key");
    assertThat(none(Certificates.armored(Tree.armor(Tree.packet(5, Tree.key(1))))))
        .isEqualTo("has a private key");
    byte[] both = concat(Tree.packet(6, Tree.key(1)), Tree.packet(7, Tree.key(2)));
    assertThat(none(Certificates.armored(Tree.armor(both)))).isEqualTo("has a private key");
  }

  @Test
  void refusesMoreThanOne() {
    byte[] two = concat(Tree.packet(6, Tree.key(1)), Tree.packet(6, Tree.key(2)));
    assertThat(none(Certificates.armored(Tree.armor(two))))
        .isEqualTo("has more than one certificate");
    assertThat(none(Certificates.armored(Tree.certificate(1) + Tree.certificate(2))))
        .isEqualTo("has more than one certificate");
  }

  @Test
  void refusesGarbage() {
    String text = Tree.certificate(1);
    assertThat(none(Certificates.armored(""))).isEqualTo("is no armored OpenPGP certificate");
    assertThat(none(Certificates.armored(text.substring(0, 60)))).contains("without an end");
    assertThat(none(Certificates.armored(text.replaceFirst("xh", "!!")))).contains("base64");
    assertThat(none(Certificates.armored(Tree.armor(new byte[0])))).isEqualTo("is empty");
    assertThat(none(Certificates.armored(Tree.armor(Tree.packet(2, Tree.key(1))))))
        .contains("does not begin with");
    assertThat(none(Certificates.armored(Tree.armor(Tree.packet(6, new byte[] {3, 0})))))
        .contains("version 4 or 6");
    assertThat(none(Certificates.armored(Tree.armor(Tree.packet(6, new byte[0])))))
        .contains("version 4 or 6");
  }

  @Test
  void everyCutEndsWell() {
    byte[] packets = concat(Tree.packet(6, Tree.key(1)), new byte[] {(byte) 0x99, 0, 1, 0});
    for (int i = 0; i < packets.length; i++) {
      byte[] cut = Arrays.copyOf(packets, i);
      assertThat(Certificates.armored(Tree.armor(cut))).isNotNull();
    }
    for (int head = 0; head < 256; head++) {
      byte[] begin = {(byte) head, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 4};
      assertThat(Certificates.binary(new String(begin, ISO_8859_1)))
          .isInstanceOf(Certificates.Found.None.class);
    }
  }

  private static byte[] concat(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static Certificates.Found.Certificate certificate(Certificates.Found found) {
    assertThat(found).isInstanceOf(Certificates.Found.Certificate.class);
    return (Certificates.Found.Certificate) found;
  }

  private static String none(Certificates.Found found) {
    assertThat(found).isInstanceOf(Certificates.Found.None.class);
    return ((Certificates.Found.None) found).sentence();
  }
}
