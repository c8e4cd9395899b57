package io.bitbuilder.hypervisor.signature;

import java.util.LinkedHashMap;
import java.util.Map;

/** The cases in which a tool says yes and we do not, and why. */
final class StricterCases {
  private static final String ONE = "there is one signature, and nothing beside it";
  private static final String SHA1 = "SHA-1 no longer says who signed";
  private static final String ORDER =
      "git writes headers once, in one order; another reader might take another of them";
  private static final String SHORT = "too short to be safe";

  private StricterCases() {}

  static Map<String, String> all() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put(
        "signature of the future",
        "a clock that is wrong, or a date chosen to outlive a revocation");
    all.put("armor without its end", "cut off is cut off");
    all.put("text before armor", ONE);
    all.put("text after armor", ONE);
    all.put("two blocks of armor", ONE);
    all.put("two signatures of a file", ONE);
    all.put("marker packet before a signature", ONE);
    all.put("signature of text, line ends changed", "the signature fits other bytes as well");
    all.put("key that does not say what for", "the owner did not give it for signing");
    all.put("OpenPGP digest by SHA-1", SHA1);
    all.put("certificate that rests on SHA-1", SHA1);
    all.put("OpenPGP rsa1024", SHORT);
    all.put("OpenPGP dsa1024", SHORT);
    all.put("SSH text after armor", ONE);
    all.put("SSH two blocks of armor", ONE);
    all.put(
        "SSH security key nobody touched",
        "software on the signer's machine could have asked for it");
    all.put("SSH reserved field filled", "what is in it was not signed");
    all.put("SSH rsa 1024", SHORT);
    all.put("commit with OpenPGP and SSH signatures", ONE);
    all.put(
        "commit with a header that only looks like one",
        "git does not check what is in it, but its readers may read it");
    all.put("commit with tree twice", ORDER);
    all.put("commit with author twice", ORDER);
    all.put("commit with committer before author", ORDER);
    all.put("commit with its signature before author", ORDER);
    all.put("tag signed twice", ONE);
    all.put("tag with text after its signature", ONE);
    all.put("tag with two names", ORDER);
    return all;
  }
}
