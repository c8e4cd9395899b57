package io.bitbuilder.hypervisor.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Certificates and keys of which some count, and one of every reason not to. */
final class PreparedKeys {
  private static final Path CERTIFICATES = Path.of("src/test/resources/voa");
  private static final String PGP = "39cbc7d73fffff1944d6ccf12b9612d49715d33f.openpgp";
  private static final String ANN =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINBbn2+4MUgjanjY4SD740vxjsXoaAiF5zueK4smi2yY ann\n";
  private static final String SSH =
      "a42d4897a40f76b4462a4584a5eecd894b83fb9846d4d3985a76bcaeed8afeef.pub";

  private PreparedKeys() {}

  /** Writes them below a root directory. */
  static void write(Path root) throws IOException {
    copy("clean.asc", root.resolve("etc/voa/bitbuilder/image/default/openpgp").resolve(PGP));
    copy("revoked.asc", root.resolve("usr/share/voa/bitbuilder/image/default/openpgp/" + PGP));
    copy("clean.asc", root.resolve("usr/share/voa/arch/package/core/openpgp").resolve(PGP));
    copy("clean.asc", root.resolve("usr/share/voa/bitbuilder/extension/old/openpgp/" + PGP));
    link(root.resolve("etc/voa/bitbuilder/extension/old/openpgp").resolve(PGP), "/dev/null");
    text(root.resolve("etc/voa/bitbuilder/git-commit/acme/ssh").resolve(SSH), ANN);
    text(root.resolve("usr/share/voa/bitbuilder/git-commit/acme/ssh").resolve(SSH), ANN);
    text(root.resolve("etc/voa/bitbuilder/git-commit/acme/ssh/ann.pub"), ANN);
    link(root.resolve("etc/voa/bitbuilder/git-commit/blue/ssh").resolve(SSH), "/srv/" + SSH);
    text(root.resolve("usr/local/share/voa/bitbuilder/Image/default/openpgp/x"), "");
  }

  private static void copy(String from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(CERTIFICATES.resolve(from), to);
  }

  private static void text(Path path, String text) throws IOException {
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private static void link(Path path, String target) throws IOException {
    Files.createDirectories(path.getParent());
    Files.createSymbolicLink(path, Path.of(target));
  }
}
