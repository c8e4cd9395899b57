package io.bitbuilder.hypervisor.voa;

import io.bitbuilder.hypervisor.voa.Warning.Rule;
import java.util.Arrays;
import java.util.Optional;

/**
 * What is particular to the technologies we know (UAPI.11, Technology). The specification has the
 * first in full; the others are as its drafts have them.
 */
enum Kind {
  OPENPGP("openpgp", true, true),
  SSH("ssh", false, true),
  X509("x509", false, true),
  MINISIGN("minisign", false, false),
  SIGNIFY("signify", false, false);

  private final String technology;
  private final boolean merges;
  private final boolean anchors;

  Kind(String technology, boolean merges, boolean anchors) {
    this.technology = technology;
    this.merges = merges;
    this.anchors = anchors;
  }

  /** What is wrong with a content, and by which rule. */
  record Wrong(Rule rule, String sentence) {}

  /** The one of a technology; empty for those, and versions of how they are stored, of others. */
  static Optional<Kind> of(Technology technology) {
    return Arrays.stream(values())
        .filter(kind -> kind.technology.equals(technology.value()))
        .findFirst();
  }

  /** Whether all copies of a verifier count together, instead of the first one alone. */
  boolean merges() {
    return merges;
  }

  /** Whether there are trust anchors. */
  boolean anchors() {
    return anchors;
  }

  /** What the name of a file must be; empty when it is. */
  Optional<String> wrongName(String name) {
    boolean right =
        switch (this) {
          case OPENPGP -> isHex(name, ".openpgp", 40) || isHex(name, ".openpgp", 64);
          case SSH -> isHex(name, ".pub", 64);
          case X509 -> isPlain(name, "-certificate.pem") || isPlain(name, "-public-key.pem");
          case MINISIGN, SIGNIFY -> isPlain(name, ".pub");
        };
    return right ? Optional.empty() : Optional.of("the name must be " + nameOf());
  }

  /** The names its files have. */
  private String nameOf() {
    return switch (this) {
      case OPENPGP -> "the fingerprint in lowercase hex and `.openpgp`";
      case SSH -> "the SHA-256 of the key in lowercase hex and `.pub`";
      case X509 -> "NAME-certificate.pem or NAME-public-key.pem";
      case MINISIGN, SIGNIFY -> "NAME.pub";
    };
  }

  /**
   * What is wrong with a content under a name; empty when nothing is, or when it is for those who
   * verify to see.
   */
  Optional<Wrong> wrongContent(String name, String text) {
    return switch (this) {
      case OPENPGP ->
          switch (Certificates.armored(text)) {
            case Certificates.Found.Certificate(_, var fingerprint, _) ->
                mismatch(name, fingerprint + ".openpgp");
            case Certificates.Found.None(var sentence) ->
                Optional.of(new Wrong(Rule.CONTENT, sentence));
          };
      case SSH ->
          switch (SshKeys.read(text)) {
            case SshKeys.Found.Key(var fingerprint, _) -> mismatch(name, fingerprint + ".pub");
            case SshKeys.Found.None(var sentence) -> Optional.of(new Wrong(Rule.CONTENT, sentence));
          };
      case X509, MINISIGN, SIGNIFY -> Optional.empty();
    };
  }

  private static Optional<Wrong> mismatch(String name, String expected) {
    return name.equals(expected)
        ? Optional.empty()
        : Optional.of(new Wrong(Rule.MISMATCH, "has what belongs into `" + expected + "`"));
  }

  private static boolean isHex(String name, String suffix, int digits) {
    return name.length() == digits + suffix.length()
        && name.endsWith(suffix)
        && name.chars()
            .limit(digits)
            .allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  private static boolean isPlain(String name, String suffix) {
    return name.length() > suffix.length()
        && name.endsWith(suffix)
        && !name.startsWith(".")
        && name.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
