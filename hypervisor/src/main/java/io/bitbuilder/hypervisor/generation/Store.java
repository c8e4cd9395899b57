package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The generations on disk ({@code generations/}): immutable numbered directories, and the one link
 * that says which are current.
 *
 * <p>A reader needs no lock: every directory is complete from the moment it has its name. Writers
 * are one at a time (activation holds a lock); only {@link #add} may run for several tenants at
 * once. After a crash {@link #recover} removes what has no name yet.
 */
public final class Store {
  /** The digests of the layers a generation needs, one per line; absent when it needs none. */
  private static final String LAYERS = "layers";

  private static final StagedTree.Limits LAYER_LIMITS =
      new StagedTree.Limits(100_000, 64L << 20, 512L << 20);

  private final Disk disk;
  private final Path top;
  private final Path tenants;
  private final Path layers;
  private final Selections selections;

  /**
   * Opens the store, which need not exist yet.
   *
   * @param root /var/lib/bitbuilder
   */
  public Store(Path root) {
    this(root, Disk.LOCAL);
  }

  Store(Path root, Disk disk) {
    this.disk = disk;
    this.top = root.toAbsolutePath().normalize().resolve("generations");
    this.tenants = top.resolve("tenants");
    this.layers = top.resolve("layers");
    this.selections = new Selections(disk, top);
  }

  /** The tenants that have a generation, current or not. */
  public List<TenantId> tenants() {
    return Durable.names(tenants).stream()
        .filter(TenantId::isValid)
        .map(TenantId::new)
        .filter(tenant -> !numbers(tenant).isEmpty())
        .toList();
  }

  /** The generations of a tenant, oldest first. */
  public List<Generation> generations(TenantId tenant) throws IOException {
    List<Generation> generations = new ArrayList<>();
    for (int number : numbers(tenant)) {
      generations.add(read(tenant, number));
    }
    return generations;
  }

  /** One generation; empty when there is none of this number. */
  public Optional<Generation> generation(TenantId tenant, int number) throws IOException {
    return Files.isDirectory(directory(tenant, number))
        ? Optional.of(read(tenant, number))
        : Optional.empty();
  }

  /** The generation that is switched on; empty when the tenant has none. */
  public Optional<Generation> current(TenantId tenant) throws IOException {
    Integer number = selection().get(tenant);
    return number == null ? Optional.empty() : generation(tenant, number);
  }

  /** Which generation of each tenant is switched on; a tenant without one is not running. */
  public SortedMap<TenantId, Integer> selection() throws IOException {
    return selections.current();
  }

  /**
   * Imports a staged generation under the next number of its tenant; one made from the same inputs
   * as the newest is that one. Safe for several tenants at once.
   *
   * @param staged the candidate, as {@link Staging#tenants} names it
   * @throws NotAdmitted when anything in it is not what this tenant may have (BB605)
   */
  public Generation add(TenantId tenant, Path staged) throws IOException {
    return add(tenant, staged, new Claims());
  }

  /**
   * The same, as one of several candidates of one staging.
   *
   * @param claims what they and all other tenants have
   */
  public Generation add(TenantId tenant, Path staged, Claims claims) throws IOException {
    Report report = new Report();
    Optional<Admission.Admitted> admitted = Admission.check(tenant, staged, report);
    if (admitted.isEmpty()) {
      throw new NotAdmitted(report.sorted());
    }
    Path home = tenants.resolve(tenant.value());
    Durable.ensureDirectory(disk, home);
    List<Integer> numbers = numbers(tenant);
    if (!numbers.isEmpty()) {
      Generation newest = read(tenant, numbers.getLast());
      if (newest.manifest().inputs().equals(admitted.get().inputs())) {
        return newest;
      }
    }
    claim(tenant, admitted.get(), claims);
    int number = numbers.isEmpty() ? 1 : numbers.getLast() + 1;
    Path unfinished = home.resolve(Durable.UNFINISHED + number);
    Durable.deleteTree(disk, unfinished);
    for (String digest : admitted.get().layers()) {
      addLayer(digest, staged.resolveSibling("../layers").resolve(digest).normalize(), tenant);
    }
    write(unfinished, withLayers(admitted.get()));
    disk.rename(unfinished, directory(tenant, number));
    Path current = home.resolve("current");
    if (!Files.exists(current, LinkOption.NOFOLLOW_LINKS)) {
      disk.link(current, "../../current/tenants/" + tenant);
    }
    disk.sync(home);
    return read(tenant, number);
  }

  private void claim(TenantId tenant, Admission.Admitted admitted, Claims claims)
      throws IOException {
    Report report = new Report();
    for (String foreign : claims.take(tenant, admitted.claimed(), this)) {
      Admission.refuse(tenant, "", foreign, report);
    }
    if (report.hasErrors()) {
      throw new NotAdmitted(report.sorted());
    }
  }

  /** The generations whose claims count: the current one, and the newest, which may become so. */
  List<Generation> claiming(TenantId tenant) throws IOException {
    SortedSet<Integer> claiming = new TreeSet<>();
    List<Integer> numbers = numbers(tenant);
    if (!numbers.isEmpty()) {
      claiming.add(numbers.getLast());
    }
    Integer current = selection().get(tenant);
    if (current != null) {
      claiming.add(current);
    }
    List<Generation> generations = new ArrayList<>();
    for (int number : claiming) {
      generations.add(read(tenant, number));
    }
    return generations;
  }

  private static SortedMap<String, StagedTree.Node> withLayers(Admission.Admitted admitted) {
    SortedMap<String, StagedTree.Node> nodes = new TreeMap<>(admitted.nodes());
    if (!admitted.layers().isEmpty()) {
      String text = String.join("\n", admitted.layers()) + "\n";
      nodes.put(LAYERS, new StagedTree.Node.Content(text.getBytes(StandardCharsets.UTF_8), false));
    }
    return nodes;
  }

  private void write(Path unfinished, SortedMap<String, StagedTree.Node> nodes) throws IOException {
    // All is written before anything is made durable: the disk then merges what one fsync per file
    // asks of it. The directories follow, and only then the rename that gives the tree its name.
    List<Path> written = new ArrayList<>();
    List<Path> made = new ArrayList<>();
    disk.makeDirectory(unfinished);
    made.add(unfinished);
    for (Map.Entry<String, StagedTree.Node> entry : nodes.entrySet()) {
      Path path = unfinished.resolve(entry.getKey());
      switch (entry.getValue()) {
        case StagedTree.Node.Directory() -> {
          disk.makeDirectory(path);
          made.add(path);
        }
        case StagedTree.Node.Link(String target) -> disk.link(path, target);
        case StagedTree.Node.Content content -> {
          disk.write(path, content.bytes(), content.executable());
          written.add(path);
        }
      }
    }
    for (Path path : written) {
      disk.sync(path);
    }
    for (Path path : made.reversed()) {
      disk.sync(path);
    }
  }

  /** Where a layer is, or would be. */
  public Path layer(String digest) {
    return layers.resolve(Admission.digest(digest));
  }

  /**
   * Imports a staged layer: files with mode 0644 or 0755, directories, and links that nobody here
   * follows; owned by us, never set-user-ID. A layer that is there is not touched, so no tenant can
   * change what another one's generations name.
   */
  private synchronized void addLayer(String digest, Path staged, TenantId tenant)
      throws IOException {
    if (Files.isDirectory(layer(digest))) {
      return;
    }
    SortedMap<String, StagedTree.Node> nodes;
    try {
      nodes = StagedTree.read(staged, LAYER_LIMITS);
    } catch (IOException e) {
      Report report = new Report();
      Admission.refuse(tenant, "", "layer " + digest + " cannot be imported: " + e, report);
      throw new NotAdmitted(report.sorted());
    }
    Durable.ensureDirectory(disk, layers);
    Path unfinished = layers.resolve(Durable.UNFINISHED + digest);
    Durable.deleteTree(disk, unfinished);
    write(unfinished, nodes);
    disk.rename(unfinished, layer(digest));
    disk.sync(layers);
  }

  /**
   * Switches to exactly these generations with one rename; tenants that are not named are off. Does
   * nothing when they are current already.
   *
   * @throws IllegalArgumentException when a generation does not exist
   * @throws IllegalStateException when two generations bring the same unit; nothing is switched
   */
  public void select(SortedMap<TenantId, Integer> wanted) throws IOException {
    for (Map.Entry<TenantId, Integer> entry : wanted.entrySet()) {
      if (!Files.isDirectory(directory(entry.getKey(), entry.getValue()))) {
        throw new IllegalArgumentException(
            "tenant " + entry.getKey() + " has no generation " + entry.getValue());
      }
    }
    selections.select(wanted);
  }

  /** Writes what became of a generation, replacing an earlier word. */
  public void record(Generation generation, Verdict verdict) throws IOException {
    Durable.replace(disk, verdictFile(generation.tenant(), generation.number()), verdict.toJson());
  }

  /** Keeps a generation from being pruned. */
  public void pin(Generation generation) throws IOException {
    if (!generation.pinned()) {
      Durable.replace(disk, pinFile(generation.tenant(), generation.number()), "");
    }
  }

  /** Allows a generation to be pruned again. */
  public void unpin(Generation generation) throws IOException {
    Path file = pinFile(generation.tenant(), generation.number());
    disk.delete(file);
    disk.sync(Durable.parent(file));
  }

  /**
   * Removes what is older than the newest {@code keep} generations of each tenant, except what is
   * pinned or named by a kept selection; then selections but the newest two, and layers no
   * generation names.
   *
   * @return whether a generation was removed: units that are loaded may have come from it
   */
  public boolean prune(int keep) throws IOException {
    boolean removed = false;
    selections.prune();
    Set<Map.Entry<TenantId, Integer>> used = selections.used();
    for (TenantId tenant : tenants()) {
      List<Integer> numbers = numbers(tenant);
      for (int number : numbers.subList(0, Math.max(0, numbers.size() - Math.max(1, keep)))) {
        if (!used.contains(Map.entry(tenant, number)) && !Files.exists(pinFile(tenant, number))) {
          Durable.retire(disk, directory(tenant, number));
          disk.delete(verdictFile(tenant, number));
          removed = true;
        }
      }
    }
    pruneLayers();
    return removed;
  }

  private void pruneLayers() throws IOException {
    List<String> present = Durable.names(layers);
    if (present.isEmpty()) {
      return;
    }
    Set<String> named = new HashSet<>();
    for (TenantId tenant : tenants()) {
      for (int number : numbers(tenant)) {
        Durable.read(directory(tenant, number).resolve(LAYERS))
            .ifPresent(text -> text.lines().forEach(named::add));
      }
    }
    for (String digest : present) {
      if (!named.contains(digest)) {
        Durable.retire(disk, layers.resolve(digest));
      }
    }
  }

  /**
   * Forgets a tenant that is not selected: all its generations, verdicts and pins.
   *
   * @throws IllegalArgumentException when the tenant is selected
   */
  public void remove(TenantId tenant) throws IOException {
    if (selection().containsKey(tenant)) {
      throw new IllegalArgumentException("tenant " + tenant + " is selected");
    }
    selections.prune(tenant);
    Durable.retire(disk, tenants.resolve(tenant.value()));
  }

  /**
   * Mends what a crash left: deletes whatever never got its name, makes missing {@code current}
   * links of tenants, rebuilds the current selection when it is incomplete. Harmless at any time
   * while nobody else writes.
   */
  public void recover() throws IOException {
    Durable.ensureDirectory(disk, tenants);
    Durable.ensureDirectory(disk, layers);
    for (Path directory : List.of(Durable.parent(top), top, layers, tenants)) {
      dropUnfinished(directory);
    }
    for (String name : Durable.directories(tenants)) {
      Path home = tenants.resolve(name);
      dropUnfinished(home);
      Path current = home.resolve("current");
      if (TenantId.isValid(name) && !Files.exists(current, LinkOption.NOFOLLOW_LINKS)) {
        disk.link(current, "../../current/tenants/" + name);
        disk.sync(home);
      }
    }
    selections.recover();
  }

  private void dropUnfinished(Path directory) throws IOException {
    for (String name : Durable.names(directory)) {
      if (name.startsWith(Durable.UNFINISHED)) {
        Durable.deleteTree(disk, directory.resolve(name));
      }
    }
  }

  private Generation read(TenantId tenant, int number) throws IOException {
    Path directory = directory(tenant, number);
    Path manifest = directory.resolve("manifest.json");
    try {
      Manifest content = Manifest.fromJson(Files.readString(manifest));
      Optional<Verdict> verdict = Durable.read(verdictFile(tenant, number)).map(Verdict::fromJson);
      boolean pinned = Files.exists(pinFile(tenant, number));
      return new Generation(tenant, number, directory, content, verdict, pinned);
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw new IOException("damaged generation " + directory + ": " + e.getMessage(), e);
    }
  }

  private List<Integer> numbers(TenantId tenant) {
    List<Integer> numbers = new ArrayList<>();
    for (String name : Durable.names(tenants.resolve(tenant.value()))) {
      Selections.number(name).ifPresent(numbers::add);
    }
    Collections.sort(numbers);
    return numbers;
  }

  private Path directory(TenantId tenant, int number) {
    return tenants.resolve(tenant.value()).resolve(String.valueOf(number));
  }

  private Path verdictFile(TenantId tenant, int number) {
    return tenants.resolve(tenant.value()).resolve(number + ".verdict.json");
  }

  private Path pinFile(TenantId tenant, int number) {
    return tenants.resolve(tenant.value()).resolve(number + ".pinned");
  }
}
