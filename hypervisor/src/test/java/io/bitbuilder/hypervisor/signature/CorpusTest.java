package io.bitbuilder.hypervisor.signature;

import static io.bitbuilder.hypervisor.signature.Corpus.COMMIT;
import static io.bitbuilder.hypervisor.signature.Corpus.TAG;
import static io.bitbuilder.hypervisor.signature.Corpus.bytes;
import static io.bitbuilder.hypervisor.signature.Corpus.signed;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.signature.Corpus.Row;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our verdicts are those of git, gpg and ssh-keygen, or stricter for a stated reason. The page of
 * all of them is written anew by {@code -Dreference.update=true}.
 */
class CorpusTest {
  private static final Path PAGE = Path.of("../docs/reference/signatures.md");
  private static final int LEAST_CASES = 60;

  private static final byte[] PAYLOAD = bytes(COMMIT);
  private static final byte[] OTHER = bytes(COMMIT.replace("something", "everything"));

  /** Where a tool says yes and we do not. */
  private static final Map<String, String> STRICTER = StricterCases.all();

  /** Where git says no to what gpg calls valid, and UAPI.11 decides: the time of signing counts. */
  private static final Set<String> AT_SIGNING =
      Set.of(
          "key expired after it signed",
          "key superseded after it signed",
          "key retired after it signed",
          "subkey superseded after it signed");

  @TempDir private Path top;

  @Test
  void verdictsAreThoseOfTheToolsOrStricter() throws Exception {
    try (Tools tools = new Tools(top)) {
      Corpus corpus = new Corpus(tools);
      keys(tools, corpus);
      times(tools, corpus);
      armor(tools, corpus);
      ForgedCases.add(tools, corpus);
      ssh(tools, corpus);
      SecurityKeyCases.add(tools, corpus);
      objects(tools, corpus);
      tags(tools, corpus);
      compare(corpus);
      String page = SignaturesPage.of(tools.versions(), corpus.rows(), STRICTER, AT_SIGNING);
      if (Boolean.getBoolean("reference.update")) {
        Files.writeString(PAGE, page);
      }
      String there = Files.readString(PAGE);
      // Other versions may answer otherwise; then only what is ours must be as on the page.
      boolean same = there.contains(tools.versions());
      assertThat(same ? there : SignaturesPage.ours(there))
          .isEqualTo(same ? page : SignaturesPage.ours(page));
    }
  }

  private static void compare(Corpus corpus) {
    assertThat(corpus.rows()).hasSizeGreaterThanOrEqualTo(LEAST_CASES);
    Map<String, Row> laxer = new LinkedHashMap<>();
    Set<String> stricter = new HashSet<>();
    for (Row row : corpus.rows()) {
      boolean no = row.git().equals("refused") || row.tool().equals("refused");
      boolean yes = !no && (row.git().equals("good") || row.tool().equals("good"));
      if (row.isGood() && no) {
        laxer.put(row.name(), row);
      } else if (!row.isGood() && yes) {
        stricter.add(row.name());
      }
    }
    assertThat(laxer.keySet()).as("laxer: %s", laxer.values()).isEqualTo(AT_SIGNING);
    assertThat(laxer.values()).allSatisfy(row -> assertThat(row.tool()).startsWith("good, key"));
    assertThat(STRICTER.keySet()).containsAll(stricter);
    assertThat(corpus.rows()).extracting(Row::name).containsAll(STRICTER.keySet());
  }

  private static void keys(Tools tools, Corpus corpus) {
    for (String algorithm : new String[] {"ed25519", "rsa2048", "nistp256"}) {
      tools.gpgKey(algorithm, algorithm, "sign");
      OpenPgpCertificate key = tools.export(algorithm);
      byte[] good = tools.gpgSign("20210101", algorithm, PAYLOAD);
      corpus.gpg("OpenPGP " + algorithm, PAYLOAD, good, key);
      corpus.gpg("OpenPGP " + algorithm + ", other content", OTHER, good, key);
    }
    tools.gpgKey("sub", "ed25519", "cert");
    String fingerprint = tools.fingerprint("sub");
    assertThat(
            tools
                .gpg("20200102", "", "--quick-add-key", fingerprint, "ed25519", "sign", "never")
                .exit())
        .isZero();
    OpenPgpCertificate certificate = tools.export("sub");
    corpus.gpg("OpenPGP subkey", PAYLOAD, tools.gpgSign("20210101", "sub", PAYLOAD), certificate);
    tools.gpgKey("stranger", "ed25519", "sign");
    byte[] strange = tools.gpgSign("20210101", "stranger", PAYLOAD);
    assertThat(
            tools
                .gpg(
                    "20210101",
                    "",
                    "--delete-secret-and-public-keys",
                    tools.fingerprint("stranger"))
                .exit())
        .isZero();
    corpus.gpg("OpenPGP unknown key", PAYLOAD, strange, certificate);
  }

  private static void times(Tools tools, Corpus corpus) {
    tools.gpgKey("expiring", "ed25519", "sign");
    byte[] before = tools.gpgSign("20200601", "expiring", PAYLOAD);
    byte[] after = tools.gpgSign("20220601", "expiring", PAYLOAD);
    String fingerprint = tools.fingerprint("expiring");
    assertThat(
            tools.gpg("20200701", "", "--quick-set-expire", fingerprint, "20210101T000000").exit())
        .isZero();
    OpenPgpCertificate expiring = tools.export("expiring");
    corpus.gpg("key expired after it signed", PAYLOAD, before, expiring);
    corpus.gpg("key expired before it signed", PAYLOAD, after, expiring);

    byte[] brief = tools.gpgSign("20200601", "ed25519", PAYLOAD, "--default-sig-expire", "30d");
    corpus.gpg("signature expired", PAYLOAD, brief, tools.export("ed25519"));
    byte[] lasting =
        tools.gpgSign("20200601", "ed25519", PAYLOAD, "--default-sig-expire", "30000d");
    corpus.gpg("signature that will expire", PAYLOAD, lasting, tools.export("ed25519"));
    byte[] early = tools.gpgSign("20900601", "ed25519", PAYLOAD);
    corpus.gpg("signature of the future", PAYLOAD, early, tools.export("ed25519"));

    String[] reasons = {"revoked without reason", "compromised", "superseded", "retired"};
    for (int reason = 0; reason < reasons.length; reason++) {
      String name = "revoked" + reason;
      tools.gpgKey(name, "ed25519", "sign");
      byte[] first = tools.gpgSign("20200601", name, PAYLOAD);
      byte[] second = tools.gpgSign("20220601", name, PAYLOAD);
      tools.gpgRevoke("20210101", name, reason);
      OpenPgpCertificate revoked = tools.export(name);
      corpus.gpg("key " + reasons[reason] + " after it signed", PAYLOAD, first, revoked);
      corpus.gpg("key " + reasons[reason] + " before it signed", PAYLOAD, second, revoked);
    }
  }

  private static void armor(Tools tools, Corpus corpus) {
    OpenPgpCertificate key = tools.export("ed25519");
    byte[] good = tools.gpgSign("20210101", "ed25519", PAYLOAD);
    String text = new String(good, StandardCharsets.US_ASCII);
    corpus.gpg("armor cut off", PAYLOAD, bytes(text.substring(0, text.length() - 60)), key);
    corpus.gpg("armor without its end", PAYLOAD, bytes(text.replaceAll("-----END.*", "")), key);
    corpus.gpg("armor with CR LF", PAYLOAD, bytes(text.replace("\n", "\r\n")), key);
    corpus.gpg("text before armor", PAYLOAD, bytes("signed:\n" + text), key);
    corpus.gpg("text after armor", PAYLOAD, bytes(text + "the end\n"), key);
    corpus.gpg(
        "armor with a comment",
        PAYLOAD,
        bytes(text.replaceFirst("-----\n", "-----\nComment: hello\n")),
        key);
    corpus.gpg("armor with a wrong checksum", PAYLOAD, bytes(wrongChecksum(text)), key);
    corpus.gpg("armor without checksum", PAYLOAD, bytes(text.replaceFirst("\n=.{4}\n", "\n")), key);
    byte[] broken = good.clone();
    int middle = text.indexOf("\n\n") + 70;
    broken[middle] = (byte) (broken[middle] == 'A' ? 'B' : 'A');
    corpus.gpg(
        "signature changed", PAYLOAD, bytes(text(broken).replaceFirst("\n=.{4}\n", "\n")), key);
    corpus.gpg("two blocks of armor", PAYLOAD, bytes(text + text), key);
    byte[] binary = binary(text);
    corpus.detached("binary signature of a file", PAYLOAD, binary, key);
    corpus.detached("armored signature of a file", PAYLOAD, good, key);
    corpus.detached("two signatures of a file", PAYLOAD, Tools.join(binary, binary), key);
    corpus.detached(
        "marker packet before a signature",
        PAYLOAD,
        Tools.join(new Packet(Packet.MARKER, bytes("PGP")).encoded(), binary),
        key);
    corpus.detached("bytes after a signature", PAYLOAD, Tools.join(binary, bytes("x")), key);
    byte[] mode = tools.gpgSign("20210101", "ed25519", PAYLOAD, "--textmode");
    corpus.gpg("signature of text", PAYLOAD, mode, key);
    corpus.detached(
        "signature of text, line ends changed", bytes(COMMIT.replace("\n", "\r\n")), mode, key);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String wrongChecksum(String text) {
    int at = text.lastIndexOf("\n=") + 2;
    return text.substring(0, at) + (text.charAt(at) == 'A' ? 'B' : 'A') + text.substring(at + 1);
  }

  static byte[] binary(String armored) {
    String body = armored.substring(armored.indexOf("\n\n") + 2, armored.lastIndexOf("\n="));
    return Base64.getDecoder().decode(body.replace("\n", ""));
  }

  private static void ssh(Tools tools, Corpus corpus) {
    Map<String, String[]> kinds = new LinkedHashMap<>();
    kinds.put("ed25519", new String[] {"-t", "ed25519"});
    kinds.put("ecdsa 256", new String[] {"-t", "ecdsa", "-b", "256"});
    kinds.put("ecdsa 384", new String[] {"-t", "ecdsa", "-b", "384"});
    kinds.put("ecdsa 521", new String[] {"-t", "ecdsa", "-b", "521"});
    kinds.put("rsa 2048", new String[] {"-t", "rsa", "-b", "2048"});
    for (Map.Entry<String, String[]> kind : kinds.entrySet()) {
      String file = kind.getKey().replace(" ", "");
      SshKey key = tools.sshKey(file, kind.getValue());
      byte[] good = tools.sshSign(file, "git", PAYLOAD);
      corpus.ssh("SSH " + kind.getKey(), PAYLOAD, good, key);
      corpus.ssh("SSH " + kind.getKey() + ", other content", OTHER, good, key);
    }
    SshKey key = Tools.accepted(SshKey.parse(text(Tools.read(tools.write(pub(tools, "ed25519"))))));
    corpus.ssh(
        "SSH digest by SHA-256",
        PAYLOAD,
        tools.sshSign("ed25519", "git", PAYLOAD, "-O", "hashalg=sha256"),
        key);
    corpus.ssh("SSH other namespace", PAYLOAD, tools.sshSign("ed25519", "file", PAYLOAD), key);
    tools.succeeds("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "unknown");
    corpus.ssh("SSH unknown key", PAYLOAD, tools.sshSign("unknown", "git", PAYLOAD), key);
    String good = text(tools.sshSign("ed25519", "git", PAYLOAD));
    corpus.ssh("SSH armor with CR LF", PAYLOAD, bytes(good.replace("\n", "\r\n")), key);
    corpus.ssh("SSH armor cut off", PAYLOAD, bytes(good.substring(0, good.length() - 40)), key);
    corpus.ssh("SSH text after armor", PAYLOAD, bytes(good + "the end\n"), key);
    corpus.ssh("SSH two blocks of armor", PAYLOAD, bytes(good + good), key);
    String middle = good.substring(0, 200) + (good.charAt(200) == 'A' ? 'B' : 'A');
    corpus.ssh("SSH signature changed", PAYLOAD, bytes(middle + good.substring(201)), key);
  }

  private static byte[] pub(Tools tools, String name) {
    return bytes(tools.succeeds("cat", name + ".pub"));
  }

  private static void objects(Tools tools, Corpus corpus) {
    OpenPgpCertificate key = tools.export("ed25519");
    byte[] good = tools.gpgSign("20210101", "ed25519", PAYLOAD);
    byte[] raw = signed(PAYLOAD, good);
    corpus.commit("commit without signature", PAYLOAD, key);
    corpus.commit("commit with two signatures", signed(raw, good), key);
    SshKey ssh = Tools.accepted(SshKey.parse(text(pub(tools, "ed25519"))));
    byte[] other = tools.sshSign("ed25519", "git", PAYLOAD);
    corpus.commit("commit with OpenPGP and SSH signatures", signed(raw, other), key, ssh);
    corpus.commit(
        "commit with a signature for SHA-256 beside",
        signed(raw, bytes("anything\nat all\n"), "gpgsig-sha256"),
        key);
    corpus.commit(
        "commit with a signature for SHA-256 alone", signed(PAYLOAD, good, "gpgsig-sha256"), key);
    corpus.commit(
        "commit with a header that only looks like one",
        signed(raw, bytes("anything\n"), "gpgsigned"),
        key);
    String text = text(raw);
    corpus.commit("header changed", bytes(text.replace("A U Thor", "B U Thor")), key);
    Map<String, String> odd = new LinkedHashMap<>();
    odd.put("tree twice", COMMIT.replaceFirst("(tree .*\n)", "$1$1"));
    odd.put("author twice", COMMIT.replaceFirst("(author .*\n)", "$1$1"));
    odd.put("committer before author", swapped());
    odd.put("NUL in a header", COMMIT.replaceFirst("A U Thor", "A\0Thor"));
    odd.put("merged tag inside", withMergetag(tools));
    odd.put("encoding header", COMMIT.replaceFirst("\n\n", "\nencoding ISO-8859-1\n\n"));
    for (Map.Entry<String, String> it : odd.entrySet()) {
      byte[] payload = bytes(it.getValue());
      byte[] signature = tools.gpgSign("20210101", "ed25519", payload);
      corpus.commit("commit with " + it.getKey(), signed(payload, signature), key);
    }
    String header = text.substring(text.indexOf("gpgsig"), text.indexOf("\n\n") + 1);
    corpus.commit("commit with its signature first", bytes(header + COMMIT), key);
    corpus.commit(
        "commit with its signature before author",
        bytes(COMMIT.replace("author", header + "author")),
        key);
  }

  private static String swapped() {
    return COMMIT.replaceFirst("(author .*\n)(committer .*\n)", "$2$1");
  }

  private static String withMergetag(Tools tools) {
    byte[] tag = Tools.join(bytes(TAG), tools.gpgSign("20210101", "ed25519", bytes(TAG)));
    return text(signed(PAYLOAD, tag, "mergetag"));
  }

  private static void tags(Tools tools, Corpus corpus) {
    OpenPgpCertificate key = tools.export("ed25519");
    SshKey ssh = Tools.accepted(SshKey.parse(text(pub(tools, "ed25519"))));
    byte[] tag = bytes(TAG);
    byte[] good = tools.gpgSign("20210101", "ed25519", tag);
    corpus.tag("tag", Tools.join(tag, good), key);
    corpus.tag("tag with SSH", Tools.join(tag, tools.sshSign("ed25519", "git", tag)), ssh);
    corpus.tag("tag without signature", tag, key);
    corpus.tag("tag changed", Tools.join(bytes(TAG.replace("v1", "v2")), good), key);
    byte[] once = Tools.join(tag, good);
    corpus.tag(
        "tag signed twice", Tools.join(once, tools.gpgSign("20210101", "ed25519", once)), key);
    corpus.tag("tag with text after its signature", Tools.join(once, bytes("the end\n")), key);
    byte[] twice = bytes(TAG.replaceFirst("(tag .*\n)", "$1$1"));
    corpus.tag(
        "tag with two names", Tools.join(twice, tools.gpgSign("20210101", "ed25519", twice)), key);
  }
}
