package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.JsonRenderer;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Allocations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What compile hands to activation ({@code staging/}). Compile writes {@code system.json} last: as
 * long as it is missing, the rest is unfinished and not looked at. The reading side trusts nothing
 * here: no link is followed, sizes are limited, and {@link Store#add} judges every file.
 *
 * <p>Nothing is made durable: after a power loss compile simply runs again.
 */
public final class Staging {
  private static final String CANDIDATE = ".json";
  private static final long LIMIT = 64L << 20;
  private static final long LAYER_FILE_LIMIT = 64L << 20;

  private final Disk disk;
  private final Path top;
  private final Path tenants;
  private final Path layers;
  private final Set<Path> made = new HashSet<>();

  /**
   * Opens the directory.
   *
   * @param root /var/lib/bitbuilder
   */
  public Staging(Path root) {
    this(root, Disk.LOCAL);
  }

  Staging(Path root, Disk disk) {
    this.disk = disk;
    this.top = root.resolve("staging");
    this.tenants = top.resolve("tenants");
    this.layers = top.resolve("layers");
  }

  /**
   * The findings of one run, by scope.
   *
   * @param at when compile ran
   * @param scopes {@code system} or a tenant id, to its findings
   */
  public record Findings(Instant at, SortedMap<String, List<Diagnostic>> scopes) {
    public Findings {
      scopes = Collections.unmodifiableSortedMap(new TreeMap<>(scopes));
    }
  }

  /** Empties the directory, {@code system.json} first. */
  public void clear() throws IOException {
    Files.createDirectories(top);
    disk.delete(top.resolve("system.json"));
    for (String name : Durable.names(top)) {
      // The directory is also the home of the compiling user: .config holds JGit's measurements.
      if (!name.startsWith(".") || name.startsWith(Durable.UNFINISHED)) {
        Durable.deleteTree(disk, top.resolve(name));
      }
    }
    made.clear();
    disk.makeDirectory(tenants);
    disk.makeDirectory(layers);
  }

  /**
   * Writes a candidate generation, as one file: for a thousand tenants that is a tenth of the work,
   * and leaves nothing to be walked or exchanged between looking and reading.
   */
  public void writeTenant(Manifest manifest, FileTree tree) throws IOException {
    String name = manifest.tenant() + CANDIDATE;
    // Under its name only when complete, so that a tenant that fails half-way is not there at all.
    Path unfinished = tenants.resolve(Durable.UNFINISHED + name);
    disk.write(unfinished, bytes(Candidate.toJson(manifest, tree)), false);
    disk.rename(unfinished, tenants.resolve(name));
  }

  private void ensure(Path directory, Set<Path> directories) throws IOException {
    if (directories.add(directory)) {
      ensure(Durable.parent(directory), directories);
      disk.makeDirectory(directory);
    }
  }

  /** What fills a layer. */
  @FunctionalInterface
  public interface Filler {
    /** Writes into an empty directory. */
    void fill(Path directory) throws IOException;
  }

  /**
   * Writes the content of a layer; a layer that is written already is left alone.
   *
   * @param entries the entries of the overlay, in path order
   * @param prefix the path of the overlay in the repository, which is left away
   */
  public void writeLayer(
      String digest, SourceTree source, List<SourceTree.Entry> entries, String prefix)
      throws IOException {
    writeLayer(digest, directory -> fill(directory, source, entries, prefix));
  }

  /** Writes a layer; one that is written already is left alone. */
  public synchronized void writeLayer(String digest, Filler filler) throws IOException {
    Path layer = layers.resolve(Admission.digest(digest));
    if (!made.add(layer)) {
      return;
    }
    Path unfinished = layers.resolve(Durable.UNFINISHED + digest);
    try {
      disk.makeDirectory(unfinished);
      filler.fill(unfinished);
      disk.rename(unfinished, layer);
    } catch (IOException | RuntimeException e) {
      // Another tenant may bring the same layer from a repository that is not damaged.
      made.remove(layer);
      Durable.deleteTree(disk, unfinished);
      throw e;
    }
  }

  private void fill(Path layer, SourceTree source, List<SourceTree.Entry> entries, String prefix)
      throws IOException {
    Set<Path> directories = new HashSet<>(Set.of(layer));
    for (SourceTree.Entry entry : entries) {
      Path path = layer.resolve(relative(entry.path(), prefix)).normalize();
      if (!path.startsWith(layer)) {
        throw new IllegalArgumentException("path leaves the layer");
      }
      if (entry.kind() == SourceTree.Kind.DIRECTORY) {
        ensure(path, directories);
        continue;
      }
      ensure(Durable.parent(path), directories);
      switch (entry.kind()) {
        case FILE, EXECUTABLE ->
            disk.write(
                path,
                source.read(entry, LAYER_FILE_LIMIT),
                entry.kind() == SourceTree.Kind.EXECUTABLE);
        case SYMLINK ->
            disk.link(path, new String(source.read(entry, 4096), StandardCharsets.UTF_8));
        case DIRECTORY, SUBMODULE, OTHER ->
            throw new IllegalArgumentException("not an entry of a layer");
      }
    }
  }

  private static String relative(String path, String prefix) {
    return prefix.isEmpty() || !path.startsWith(prefix + "/")
        ? path
        : path.substring(prefix.length() + 1);
  }

  /** Writes the rest; from here on the content is there to be activated. */
  public void finish(SystemState state, Findings findings, Allocations allocations)
      throws IOException {
    Map<String, Object> scopes = new LinkedHashMap<>();
    findings
        .scopes()
        .forEach((scope, list) -> {
          if (!list.isEmpty()) {
            scopes.put(scope, list.stream().map(JsonRenderer::toValue).toList());
          }
        });
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("at", findings.at().toString());
    report.put("scopes", scopes);
    place("report.json", Json.pretty(report));
    place("allocations.json", AllocationFile.toJson(allocations));
    place("system.json", state.toJson());
  }

  /** Under its name only when complete: on a full disk a reader finds nothing, not half of it. */
  private void place(String name, String text) throws IOException {
    Path unfinished = top.resolve(Durable.UNFINISHED + name);
    disk.write(unfinished, bytes(text), false);
    disk.rename(unfinished, top.resolve(name));
  }

  /** The system as compile saw it; empty when nothing finished is staged. */
  public Optional<SystemState> systemState() throws IOException {
    return text("system.json").map(text -> decode("system.json", text, SystemState::fromJson));
  }

  /**
   * Tells one staging from another.
   *
   * @param at when it was finished
   * @param file which file says so
   */
  public record Stamp(FileTime at, String file) {}

  /**
   * Something that is equal as long as the same run of compile is staged; empty when nothing
   * finished is.
   */
  public Optional<Stamp> stamp() throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(
              top.resolve("system.json"), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return Optional.of(
          new Stamp(attributes.lastModifiedTime(), String.valueOf(attributes.fileKey())));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /** The findings; empty when nothing is staged. */
  public Optional<Findings> findings() throws IOException {
    return text("report.json").map(text -> decode("report.json", text, Staging::findings));
  }

  /** The allocations to be kept from now on; empty when nothing is staged. */
  public Optional<Allocations> allocations() throws IOException {
    return text("allocations.json")
        .map(text -> decode("allocations.json", text, AllocationFile::fromJson));
  }

  /** The staged candidates, each to be given to {@link Store#add}. */
  public SortedMap<TenantId, Path> tenants() {
    SortedMap<TenantId, Path> staged = new TreeMap<>();
    if (!Files.isSymbolicLink(tenants)) {
      for (String name : Durable.names(tenants)) {
        int end = name.length() - CANDIDATE.length();
        if (name.endsWith(CANDIDATE) && TenantId.isValid(name.substring(0, end))) {
          staged.put(new TenantId(name.substring(0, end)), tenants.resolve(name));
        }
      }
    }
    return staged;
  }

  private static Findings findings(String text) {
    Fields fields = new Fields(Json.parseObject(text));
    SortedMap<String, List<Diagnostic>> scopes = new TreeMap<>();
    Fields byScope = fields.object("scopes");
    for (String scope : byScope.map().keySet()) {
      List<Diagnostic> list = new ArrayList<>();
      for (Fields finding : byScope.objects(scope)) {
        list.add(JsonRenderer.parse(finding.map()));
      }
      scopes.put(scope, list);
    }
    return new Findings(Instant.parse(fields.text("at")), scopes);
  }

  private Optional<String> text(String name) throws IOException {
    if (!Files.isDirectory(top)) {
      return Optional.empty();
    }
    // A power loss leaves empty what was not durable yet: as good as not there.
    return StagedTree.readFile(top, name, LIMIT)
        .filter(bytes -> bytes.length > 0)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  private interface Decoder<T> {
    T decode(String text);
  }

  private static <T> T decode(String name, @Nullable String text, Decoder<T> decoder) {
    try {
      return decoder.decode(String.valueOf(text));
    } catch (IllegalArgumentException | java.time.DateTimeException | ArithmeticException e) {
      throw new java.io.UncheckedIOException(
          new IOException("staged " + name + " cannot be read: " + e.getMessage(), e));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
