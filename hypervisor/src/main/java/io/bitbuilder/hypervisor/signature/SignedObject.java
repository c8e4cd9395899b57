package io.bitbuilder.hypervisor.signature;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Git commit or annotated tag: what was signed, by which signature, and what it says. Fields are
 * read from the very bytes the signature is checked on, so nobody sees another commit than the
 * verifier did.
 */
public sealed interface SignedObject {
  /** The largest object looked at, in bytes. */
  int LIMIT = 16 << 20;

  /** Payload and signature. */
  SignedBytes signed();

  /** What people wrote: all after the first empty line; of a tag without the signature. */
  String message();

  /**
   * A commit.
   *
   * @param signed the bytes without the headers {@code gpgsig} and {@code gpgsig-sha256}, and the
   *     one of the two that belongs to the repository's hash
   * @param tree id of the root tree, 40 or 64 hexadecimal digits
   * @param parents ids, first parent first
   * @param author who wrote it
   * @param committer who committed it
   * @param message by the header {@code encoding}, UTF-8 without one
   */
  record Commit(
      SignedBytes signed,
      String tree,
      List<String> parents,
      Identity author,
      Identity committer,
      String message)
      implements SignedObject {
    /** Keeps its own list. */
    public Commit {
      parents = List.copyOf(parents);
    }
  }

  /**
   * An annotated tag.
   *
   * @param signed the bytes before the signature, and the signature at the end
   * @param object id of what is tagged
   * @param type of it: {@code commit}, {@code tree}, {@code blob} or {@code tag}
   * @param name of the tag as it was signed, without {@code refs/tags/}; compare it with the ref
   * @param tagger who tagged; absent in tags of very old gits
   * @param message without the signature
   */
  record Tag(
      SignedBytes signed,
      String object,
      String type,
      String name,
      @Nullable Identity tagger,
      String message)
      implements SignedObject {}

  /**
   * Takes a commit apart as git's {@code parse_signed_commit} does, and refuses what git would
   * still take: several signatures, headers out of order or twice, NUL, stray continuation lines.
   *
   * @param raw as {@code git cat-file commit} prints it
   */
  static Parsed<Commit> commit(byte[] raw) {
    return RefusalException.outcome(() -> ObjectReader.commit(raw));
  }

  /**
   * Takes a tag apart as git's {@code parse_signature} does: the signature is the last line that
   * begins one and all after it. Refuses a second such line.
   *
   * @param raw as {@code git cat-file tag} prints it
   */
  static Parsed<Tag> tag(byte[] raw) {
    return RefusalException.outcome(() -> ObjectReader.tag(raw));
  }
}
