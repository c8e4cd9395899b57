package io.bitbuilder.hypervisor.networkd;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.model.NetworkTemplate;
import io.bitbuilder.hypervisor.model.NetworkTemplates;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a host, or a workstation, brings of networkd: its settings, and the vendor's templates. */
public final class Networkd {
  /** Where the vendor's templates are. */
  static final String VENDOR = "usr/lib/bitbuilder/network";

  private final Path root;
  private @Nullable Directives directives;

  /**
   * That of a host.
   *
   * @param root the directory its files are under
   */
  public Networkd(Path root) {
    this.root = root;
  }

  /** The settings it knows; its programs are read when somebody asks, and once. */
  public synchronized Directives directives() {
    Directives read = directives;
    if (read == null) {
      read = Directives.of(root);
      directives = read;
    }
    return read;
  }

  /**
   * The vendor's templates: those of the host, and where it has none those the product was built
   * with.
   *
   * @return empty exactly when something was found
   */
  public Optional<NetworkTemplates> vendor(Report report) throws IOException {
    TreeMap<String, NetworkTemplate> byFile = new TreeMap<>();
    Directives shipped = Directives.shipped();
    boolean fine = true;
    for (TemplateKind kind : TemplateKind.values()) {
      Path file = root.resolve(VENDOR).resolve(kind.file());
      Document.Source source = new Document.Source("", "", "/" + VENDOR + "/" + kind.file());
      byte[] bytes;
      if (!Files.isRegularFile(file)) {
        bytes = built(kind);
      } else if (Files.size(file) > NetworkFile.LIMIT) {
        tooLarge(source.location(), Files.size(file), report);
        fine = false;
        continue;
      } else {
        bytes = Files.readAllBytes(file);
      }
      // It comes with the product, whose list knows all of it.
      Optional<NetworkTemplate> template =
          NetworkFile.template(source, bytes, kind, shipped, report);
      template.ifPresent(read -> byFile.put(kind.file(), read));
      fine &= template.isPresent();
    }
    return fine ? Optional.of(new NetworkTemplates(byFile)) : Optional.empty();
  }

  /** Adds the finding that a file has too many bytes. */
  public static void tooLarge(Location at, long size, Report report) {
    report.add(
        Code.BB103,
        at,
        "the file has " + size + " bytes",
        "at most " + NetworkFile.LIMIT + " bytes",
        "");
  }

  private static byte[] built(TemplateKind kind) throws IOException {
    try (InputStream in = Networkd.class.getResourceAsStream("vendor/" + kind.file())) {
      if (in == null) {
        throw new IllegalStateException("the template " + kind.file() + " is missing");
      }
      return in.readAllBytes();
    }
  }
}
