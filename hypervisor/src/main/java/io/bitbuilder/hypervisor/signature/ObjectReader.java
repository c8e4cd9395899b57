package io.bitbuilder.hypervisor.signature;

import io.bitbuilder.hypervisor.signature.ObjectHeaders.Header;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Takes commits and tags apart for {@link SignedObject}. */
final class ObjectReader {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final Pattern NAME = Pattern.compile("[^\\x00-\\x20\\x7f]{1,1024}");
  private static final Set<String> TYPES = Set.of("commit", "tree", "blob", "tag");

  /** The headers git writes more than once: one for each merged tag. */
  private static final Set<String> REPEATED = Set.of("parent", "mergetag");

  /** What git takes for the first line of a signature (gpg-interface.c). */
  private static final List<String> BEGINNINGS =
      List.of(
          "-----BEGIN PGP SIGNATURE-----",
          "-----BEGIN PGP MESSAGE-----",
          "-----BEGIN SIGNED MESSAGE-----",
          SshSignature.BEGIN);

  private ObjectReader() {}

  static SignedObject.Commit commit(byte[] raw) throws RefusalException {
    ObjectHeaders headers = ObjectHeaders.read(raw);
    String tree = id(headers.next("tree"));
    List<String> parents = new ArrayList<>();
    while (headers.isNext("parent")) {
      parents.add(id(headers.next("parent")));
    }
    Identity author = Identity.parse("author", headers.next("author").text());
    Identity committer = Identity.parse("committer", headers.next("committer").text());
    String ours = tree.length() == 40 ? "gpgsig" : "gpgsig-sha256";
    Charset charset = StandardCharsets.UTF_8;
    byte[] signature = new byte[0];
    List<Header> removed = new ArrayList<>();
    List<String> seen = new ArrayList<>(List.of("tree", "parent", "author", "committer"));
    for (Header header : headers.rest()) {
      if (seen.contains(header.name()) && !"mergetag".equals(header.name())) {
        throw header.name().equals(ours)
            ? new RefusalException(Reason.SEVERAL, "commit has several signatures")
            : RefusalException.malformed("commit has a header twice, or after its place");
      }
      seen.add(header.name());
      if (header.name().startsWith("gpgsig")) {
        if (!"gpgsig".equals(header.name()) && !"gpgsig-sha256".equals(header.name())) {
          throw RefusalException.malformed("commit has a header git takes for a signature");
        }
        removed.add(header);
        signature = header.name().equals(ours) ? header.value() : signature;
      } else if ("encoding".equals(header.name())) {
        charset = charset(header.text());
      }
    }
    for (String parent : parents) {
      if (parent.length() != tree.length()) {
        throw RefusalException.malformed("commit has ids of two kinds");
      }
    }
    return new SignedObject.Commit(
        SignedBytes.of(headers.without(removed), signature),
        tree,
        parents,
        author,
        committer,
        new String(headers.body(), charset));
  }

  static SignedObject.Tag tag(byte[] raw) throws RefusalException {
    ObjectHeaders headers = ObjectHeaders.read(raw);
    String object = id(headers.next("object"));
    String type = headers.next("type").text();
    if (!TYPES.contains(type)) {
      throw RefusalException.malformed("tag is of no known type of object");
    }
    String name = headers.next("tag").text();
    if (!NAME.matcher(name).matches()) {
      throw RefusalException.malformed("tag has a name with spaces or control characters");
    }
    Identity tagger =
        headers.isNext("tagger") ? Identity.parse("tagger", headers.next("tagger").text()) : null;
    for (Header header : headers.rest()) {
      if (header.name().startsWith("gpgsig")) {
        throw new RefusalException(Reason.UNSUPPORTED, "tag has a signature among its headers");
      }
      if (!REPEATED.contains(header.name())) {
        throw RefusalException.malformed("tag has a header that is unknown, twice or out of order");
      }
    }
    String body = new String(headers.body(), StandardCharsets.ISO_8859_1);
    int cut = -1;
    for (int line = 0; line < body.length(); line = after(body, line)) {
      for (String beginning : BEGINNINGS) {
        if (body.startsWith(beginning, line)) {
          if (cut >= 0) {
            throw new RefusalException(Reason.SEVERAL, "tag has several signatures");
          }
          cut = line;
        }
      }
    }
    int start = raw.length - headers.body().length;
    int end = cut < 0 ? raw.length : start + cut;
    byte[] payload = Arrays.copyOf(raw, end);
    byte[] signature = Arrays.copyOfRange(raw, end, raw.length);
    String message = new String(raw, start, end - start, StandardCharsets.UTF_8);
    return new SignedObject.Tag(
        SignedBytes.of(payload, signature), object, type, name, tagger, message);
  }

  private static int after(String text, int line) {
    int end = text.indexOf('\n', line);
    return end < 0 ? text.length() : end + 1;
  }

  private static String id(Header header) throws RefusalException {
    String text = header.text();
    if (!ID.matcher(text).matches()) {
      throw RefusalException.malformed("header " + header.name() + " is not an object's id");
    }
    return text;
  }

  private static Charset charset(String name) {
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException _) {
      return StandardCharsets.UTF_8;
    }
  }
}
