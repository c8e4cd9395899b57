package io.bitbuilder.hypervisor.voa;

import io.bitbuilder.hypervisor.voa.Warning.Rule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Load paths below a directory, with files and links made by hand. */
final class Tree {
  static final String ETC = "etc/voa/";
  static final String RUN = "run/voa/";
  static final String LOCAL = "usr/local/share/voa/";
  static final String USR = "usr/share/voa/";

  /** Where the tests look unless they say otherwise. */
  static final String PGP = "bitbuilder/image/default/openpgp/";

  static final String SSH = "bitbuilder/git-commit/acme/ssh/";

  final Path root;

  Tree(Path root) {
    this.root = root;
  }

  /** The text of a certificate made of nothing but a key, of which each number has another. */
  static String certificate(int number) {
    return armor(packet(6, key(number)));
  }

  static byte[] key(int number) {
    return HexFormat.of()
        .parseHex(String.format(Locale.ROOT, "04695c7d00160906082b%08x0203040506", number));
  }

  /** The name of its file, computed as RFC 9580, 5.5.4.2 says. */
  static String name(int number) {
    byte[] key = key(number);
    var digest = Certificates.digest("SHA-1");
    digest.update(new byte[] {(byte) 0x99, 0, (byte) key.length});
    return HexFormat.of().formatHex(digest.digest(key)) + ".openpgp";
  }

  static byte[] packet(int tag, byte[] body) {
    byte[] packet = new byte[body.length + 2];
    packet[0] = (byte) (0xc0 | tag);
    packet[1] = (byte) body.length;
    System.arraycopy(body, 0, packet, 2, body.length);
    return packet;
  }

  static String armor(byte[] packets) {
    return "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n"
        + Base64.getMimeEncoder().encodeToString(packets)
        + "\n-----END PGP PUBLIC KEY BLOCK-----\n";
  }

  /** A public key of OpenSSH, of which each number has another. */
  static String sshKey(int number) {
    return "ssh-ed25519 " + Base64.getEncoder().encodeToString(blob(number)) + " somebody\n";
  }

  static byte[] blob(int number) {
    byte[] blob = new byte[51];
    blob[3] = 11;
    byte[] type = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(type, 0, blob, 4, type.length);
    blob[18] = 32;
    blob[50] = (byte) number;
    return blob;
  }

  static String sshName(int number) {
    return HexFormat.of().formatHex(Certificates.digest("SHA-256").digest(blob(number))) + ".pub";
  }

  Path file(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content, StandardCharsets.ISO_8859_1);
  }

  Path link(String path, String target) throws IOException {
    Path link = root.resolve(path);
    Files.createDirectories(link.getParent());
    return Files.createSymbolicLink(link, Path.of(target));
  }

  Voa voa() {
    return new Voa(LoadPaths.system(root));
  }

  /** Images of bitbuilder, by OpenPGP. */
  Lookup images() {
    return voa()
        .lookup(List.of(Os.BITBUILDER), Purpose.of("image"), Context.DEFAULT, Technology.OPENPGP);
  }

  /** Commits of a tenant, by SSH. */
  Lookup commits() {
    return voa()
        .lookup(
            List.of(Os.BITBUILDER), Purpose.of("git-commit"), new Context("acme"), Technology.SSH);
  }

  /** Where the copies that count are, behind all links. */
  static List<String> canonical(Lookup lookup) {
    List<String> paths = new ArrayList<>();
    for (Verifier verifier : lookup.verifiers()) {
      for (Verifier.Copy copy : verifier.copies()) {
        paths.add(copy.canonical().toString().substring(1));
      }
    }
    return paths;
  }

  static List<Rule> broken(Lookup lookup) {
    return lookup.warnings().stream().map(Warning::rule).toList();
  }
}
