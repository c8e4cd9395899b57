package io.bitbuilder.hypervisor.signature;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Asks git, gpg or ssh-keygen and us the same question, and keeps the answers. */
final class Corpus {
  /** The empty tree, and what all commits say. */
  static final String COMMIT =
      """
      tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
      author A U Thor <a@example.org> 1577880000 +0100
      committer C O Mitter <c@example.org> 1577880000 +0100

      change something

      and say why
      """;

  static final String TAG =
      """
      object 4b825dc642cb6eb9a060e54bf8d69288fbee4904
      type tree
      tag v1
      tagger T Agger <t@example.org> 1577880000 +0000

      version 1
      """;

  static final String NOT_ASKED = "–";

  private final Tools tools;
  private final List<Row> rows = new ArrayList<>();

  /** One question and its answers. */
  record Row(String name, String git, String tool, String ours) {
    boolean isGood() {
      return ours.equals("good");
    }
  }

  Corpus(Tools tools) {
    this.tools = tools;
  }

  List<Row> rows() {
    return rows;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A commit of the payload with the signature among its headers, as git would write it. */
  static byte[] signed(byte[] payload, byte[] signature) {
    return signed(payload, signature, "gpgsig");
  }

  static byte[] signed(byte[] payload, byte[] signature, String header) {
    String text = new String(payload, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\n\n") + 1;
    String lines = new String(signature, StandardCharsets.ISO_8859_1).stripTrailing();
    return bytes(
        text.substring(0, end)
            + header
            + " "
            + lines.replace("\n", "\n ")
            + "\n"
            + text.substring(end));
  }

  /** A signature by gpg, of a commit and of the same bytes on their own. */
  void gpg(String name, byte[] payload, byte[] signature, TrustedKey... keys) {
    rows.add(
        new Row(
            name,
            tools.gitVerdict("commit", signed(payload, signature)),
            tools.gpgVerdict(payload, signature),
            agreed(payload, signature, keys)));
  }

  void ssh(String name, byte[] payload, byte[] signature, TrustedKey... keys) {
    rows.add(
        new Row(
            name,
            tools.gitVerdict("commit", signed(payload, signature)),
            tools.sshVerdict(payload, signature),
            agreed(payload, signature, keys)));
  }

  /** A detached signature of a file. */
  void detached(String name, byte[] content, byte[] signature, TrustedKey... keys) {
    rows.add(
        new Row(
            name,
            NOT_ASKED,
            tools.gpgVerdict(content, signature),
            word(alone(content, signature, keys))));
  }

  void commit(String name, byte[] raw, TrustedKey... keys) {
    rows.add(
        new Row(
            name,
            tools.gitVerdict("commit", raw),
            NOT_ASKED,
            word(SignedObject.commit(raw), keys)));
  }

  void tag(String name, byte[] raw, TrustedKey... keys) {
    rows.add(
        new Row(name, tools.gitVerdict("tag", raw), NOT_ASKED, word(SignedObject.tag(raw), keys)));
  }

  /** What we say of the commit must be what we say of its bytes. */
  private static String agreed(byte[] payload, byte[] signature, TrustedKey... keys) {
    String commit = word(SignedObject.commit(signed(payload, signature)), keys);
    String file = word(alone(payload, signature, keys));
    if (!commit.equals(file)) {
      throw new AssertionError("of the commit: " + commit + ", of the file: " + file);
    }
    return commit;
  }

  private static String word(Parsed<? extends SignedObject> parsed, TrustedKey... keys) {
    return switch (parsed) {
      case Parsed.Accepted<? extends SignedObject>(SignedObject object) ->
          word(new Verifier(Set.of(keys), Instant.now()).verify(object.signed()));
      case Parsed.Refused<? extends SignedObject>(Reason reason, String _) -> reason.name();
    };
  }

  private static Verdict alone(byte[] content, byte[] signature, TrustedKey... keys) {
    try {
      return new Verifier(Set.of(keys), Instant.now())
          .detached(new ByteArrayInputStream(content), signature);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String word(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Good _ -> "good";
      case Verdict.Bad(Reason reason, String _) -> reason.name();
    };
  }
}
