package io.bitbuilder.hypervisor.signature;

import static io.bitbuilder.hypervisor.signature.Corpus.COMMIT;
import static io.bitbuilder.hypervisor.signature.Corpus.TAG;
import static io.bitbuilder.hypervisor.signature.Corpus.bytes;
import static io.bitbuilder.hypervisor.signature.Corpus.signed;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedObjectTest {
  private static final byte[] SIGNATURE = Forge.armored(Armor.SIGNATURE, new byte[100]);
  private static final String ID = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

  @Test
  void commit() {
    String merge =
        COMMIT.replace("author", "parent " + ID + "\nparent " + "a".repeat(40) + "\nauthor");
    SignedObject.Commit commit =
        Tools.accepted(SignedObject.commit(signed(bytes(merge), SIGNATURE)));
    assertThat(commit.tree()).isEqualTo(ID);
    assertThat(commit.parents()).containsExactly(ID, "a".repeat(40));
    assertThat(commit.author())
        .isEqualTo(new Identity("A U Thor", "a@example.org", 1_577_880_000, ZoneOffset.ofHours(1)));
    assertThat(commit.committer().instant()).isEqualTo(Instant.parse("2020-01-01T12:00:00Z"));
    assertThat(commit.message()).isEqualTo("change something\n\nand say why\n");
    assertThat(commit.signed()).isEqualTo(SignedBytes.of(bytes(merge), SIGNATURE));
    assertThat(commit.signed().isSigned()).isTrue();
  }

  @Test
  void commitOfRepositoryBySha256() {
    byte[] payload = bytes(COMMIT.replace(ID, "b".repeat(64)));
    byte[] raw = signed(signed(payload, bytes("x\n"), "gpgsig"), SIGNATURE, "gpgsig-sha256");
    assertThat(Tools.accepted(SignedObject.commit(raw)).signed())
        .isEqualTo(SignedBytes.of(payload, SIGNATURE));
  }

  @Test
  void encodingOfTheMessage() {
    byte[] raw =
        bytes(
            COMMIT
                .replace("\n\nchange", "\nencoding ISO-8859-1\n\nchange")
                .replace("why", "\u00e9"));
    assertThat(Tools.accepted(SignedObject.commit(raw)).message()).endsWith("\u00e9\n");
    byte[] unknown = bytes(COMMIT.replace("\n\nchange", "\nencoding ?\n\nchange"));
    assertThat(Tools.accepted(SignedObject.commit(unknown)).message()).endsWith("why\n");
  }

  @Test
  void tag() {
    byte[] raw = Tools.join(bytes(TAG), SIGNATURE);
    SignedObject.Tag tag = Tools.accepted(SignedObject.tag(raw));
    assertThat(tag.object()).isEqualTo(ID);
    assertThat(tag.type()).isEqualTo("tree");
    assertThat(tag.name()).isEqualTo("v1");
    assertThat(tag.tagger()).isNotNull();
    assertThat(tag.message()).isEqualTo("version 1\n");
    assertThat(tag.signed()).isEqualTo(SignedBytes.of(bytes(TAG), SIGNATURE));
    String old = TAG.replaceFirst("tagger .*\n", "");
    assertThat(Tools.accepted(SignedObject.tag(bytes(old))).tagger()).isNull();
  }

  /** What a reader and the verifier could understand differently. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "tree",
        " tree x\n",
        "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\n",
        "tree 4B825DC642CB6EB9A060E54BF8D69288FBEE4904\nauthor a <b> 1 +0000\ncommitter a <b> 1 +0000\n\nx",
        "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <b> 1\ncommitter a <b> 1 +0000\n\nx",
        "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <b> 1 +9900\ncommitter a <b> 1 +0000\n\nx",
        "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <b> 1 +0000\n x\ncommitter a <b> 1 +0000\n\nx",
        "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <b> 1 +0000\ncommitter a <b> 1 +0000\nparent 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nx",
        "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <b> 1 +0000\ncommitter a <b> 1 +0000\nx\n\nx",
        "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <b> 1 +0000\ncommitter a <b> 1 +0000\nx y\nx z\n\nx",
      })
  void refused(String raw) {
    assertThat(SignedObject.commit(bytes(raw)))
        .isInstanceOfSatisfying(
            Parsed.Refused.class, it -> assertThat(it.reason()).isEqualTo(Reason.MALFORMED));
    assertThat(SignedObject.tag(bytes(raw))).isInstanceOf(Parsed.Refused.class);
  }

  @Test
  void emptyMessageIsAMessage() {
    String raw = COMMIT.substring(0, COMMIT.indexOf("\n\n") + 1);
    assertThat(Tools.accepted(SignedObject.commit(bytes(raw))).message()).isEmpty();
    assertThat(Tools.accepted(SignedObject.commit(bytes(raw + "\n"))).message()).isEmpty();
  }
}
