package io.bitbuilder.hypervisor.voa;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.nio.file.Path;

/**
 * Something in a load path that does not count.
 *
 * @param path of the host, not escaped
 * @param rule what it breaks
 * @param sentence for people, about the path; escaped, without a final stop
 */
public record Warning(Path path, Rule rule, String sentence) {
  /** In one line, escaped. */
  public String text() {
    return Quote.escape(path.toString(), 400) + ": " + sentence;
  }

  /** Why a file or directory does not count: rules of UAPI.11, and limits of ours. */
  public enum Rule {
    /** A link leads out of the load paths, or through something outside them. */
    OUTSIDE("outside"),
    /** A link lies in an ephemeral load path and is no mask. */
    EPHEMERAL("ephemeral"),
    /** A link leads to a load path of higher priority. */
    PRIORITY("priority"),
    /** A link leads to nothing. */
    DANGLING("dangling"),
    /** Links lead to each other, or there are too many of them in a row. */
    CYCLE("cycle"),
    /** A link and what it leads to have different names. */
    LINK_NAME("link-name"),
    /** A link leads to a directory in place of a file, or the other way round. */
    LINK_TYPE("link-type"),
    /** A mask lies in a load path that masks do not count in. */
    MASK_PLACE("mask-place"),
    /** A directory is masked. */
    MASK_DIRECTORY("mask-directory"),
    /** The name of a directory is no identifier of its level. */
    DIRECTORY_NAME("directory-name"),
    /** The name of a file is not one its technology has. */
    FILE_NAME("file-name"),
    /** There is something else than a directory, or than a regular file. */
    FILE_TYPE("file-type"),
    /** The content is none of its technology. */
    CONTENT("content"),
    /** The content is that of a file of another name. */
    MISMATCH("mismatch"),
    /** The technology has no trust anchors. */
    NO_ANCHORS("no-anchors"),
    /** The technology is not known. */
    TECHNOLOGY("technology"),
    /** More bytes, or more files, than are read. */
    TOO_MUCH("too-much"),
    /** The kernel does not let us read it. */
    UNREADABLE("unreadable"),
    /** It was changed while it was read. */
    CHANGED("changed");

    private final String word;

    Rule(String word) {
      this.word = word;
    }

    /** Its name in output for programs. */
    public String word() {
      return word;
    }
  }
}
