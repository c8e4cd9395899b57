package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.discovery.HostFile;
import io.bitbuilder.hypervisor.discovery.Systems;
import io.bitbuilder.hypervisor.generation.AcceptedFile;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.model.VerifyMode;
import io.bitbuilder.hypervisor.networkd.Networkd;
import io.bitbuilder.hypervisor.sync.Credentials;
import io.bitbuilder.hypervisor.sync.DirectoryScan;
import io.bitbuilder.hypervisor.sync.FetchRound;
import io.bitbuilder.hypervisor.sync.FetchState;
import io.bitbuilder.hypervisor.sync.ObjectStore;
import io.bitbuilder.hypervisor.sync.Source;
import io.bitbuilder.hypervisor.trust.Acceptance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The verb {@code bitbuilder fetch}: from host.yaml over the system repository and its registry to
 * the tenants' repositories and the images of the catalogue.
 *
 * <p>A system repository that cannot be reached or read stops nothing: the tenants of the last
 * registry that could be read are fetched. A repository that left the registry keeps its objects
 * until the retention is over.
 */
public final class FetchRun {
  /**
   * When this file is newer than the last run, somebody asked for this one by hand: nothing is put
   * off because it failed before. {@code bitbuilder sync} touches it before it starts the service.
   */
  public static final String HURRY = "run/bitbuilder/sync-now";

  /** It is there while something that was fetched waits for compile to begin. */
  public static final String CHANGED = "var/lib/bitbuilder/objects/changed";

  private static final String OBJECTS = "var/lib/bitbuilder/objects";

  private static final Duration SYSTEM_TIMEOUT = Duration.ofSeconds(30);

  /**
   * Since boot something was compiled. What was before may be lost with the power: staging is not
   * made durable, for it can be made again.
   */
  private static final String COMPILED = "run/bitbuilder/compiled";

  private final Path root;
  private final Path objects;
  private final Optional<Path> credentials;
  private final Report report = new Report();

  /**
   * Wires it.
   *
   * @param root the directory the host's files are under
   * @param credentials {@code $CREDENTIALS_DIRECTORY}, if there is one
   */
  public FetchRun(Path root, Optional<Path> credentials) {
    this.root = root;
    this.objects = root.resolve(OBJECTS);
    this.credentials = credentials;
  }

  /** How a run ended. */
  public enum Status {
    /** It ran to its end; single repositories may have failed. */
    DONE,
    /** Another run is at it. */
    BUSY,
    /** The host does not know its system repository. */
    UNCONFIGURED
  }

  /**
   * What a run did.
   *
   * @param moved the scopes that have a new tip
   * @param changed whether there is something for compile
   * @param findings everything that is wrong with a repository or an image
   */
  public record Outcome(
      Status status, List<String> moved, boolean changed, List<Diagnostic> findings) {
    public Outcome {
      moved = List.copyOf(moved);
      findings = List.copyOf(findings);
    }
  }

  /** What the system repository says, and at which commit it could be read. */
  private record Registry(String commit, SystemModel model) {}

  /**
   * Whether somebody asked for a run by hand, and none that began since has ended.
   *
   * @param root the directory the host's files are under
   */
  public static boolean isAsked(Path root) throws IOException {
    try {
      Instant asked = Files.getLastModifiedTime(root.resolve(HURRY)).toInstant();
      return asked.isAfter(FetchState.checkedAt(root.resolve(OBJECTS)));
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  /**
   * Runs once.
   *
   * @param byHand whether somebody waits for it
   * @throws IOException when our own files cannot be read or written; tips that moved stay moved
   */
  public Outcome run(boolean byHand) throws IOException {
    Optional<HostConfig> host = HostFile.read(root, credentials, report);
    if (host.isEmpty()) {
      return new Outcome(Status.UNCONFIGURED, List.of(), false, report.sorted());
    }
    Files.createDirectories(objects);
    boolean hurry = byHand || isAsked(root);
    Optional<FetchRound> round =
        FetchRound.begin(root, objects, new Credentials(credentials), hurry);
    if (round.isEmpty()) {
      return new Outcome(Status.BUSY, List.of(), false, List.of());
    }
    try (FetchRound begun = round.get()) {
      HostAddresses.write(objects);
      // Read again under the lock: the run that just ended wrote it.
      return run(begun, host.get(), FetchState.read(objects));
    }
  }

  private Outcome run(FetchRound round, HostConfig host, FetchState before) throws IOException {
    SortedMap<String, FetchState.Repository> repositories = new TreeMap<>();
    List<Source> system = new ArrayList<>();
    Wish wish = new Wish(ObjectStore.SYSTEM, host.url(), host.ref(), host.credential(), "");
    add(wish, round, before, system, repositories);
    AcceptedFile.Commits accepted = new AcceptedFile(root.resolve("var/lib/bitbuilder")).read();
    repositories.putAll(
        round.fetch(system, before.repositories(), _ -> accepted.system(), SYSTEM_TIMEOUT, 1));
    Optional<Registry> registry = registry(host, before, accepted.system());
    SortedMap<String, FetchState.Image> images = before.images();
    if (registry.isPresent()) {
      SystemConfig config = registry.get().model().config();
      List<Source> sources = new ArrayList<>();
      for (Wish tenant : tenants(registry.get().model(), before)) {
        add(tenant, round, before, sources, repositories);
      }
      repositories.putAll(
          round.fetch(
              sources,
              before.repositories(),
              scope -> Optional.ofNullable(accepted.tenants().get(new TenantId(scope))),
              config.sync().timeout(),
              config.sync().concurrency()));
      keep(round, repositories, before, Optional.of(config));
      Collection<SystemConfig.CatalogueImage> wanted = config.images().values();
      images =
          round.download(wanted, before.images(), SignedImages.on(root, new OwnKeys(root), wanted));
    } else {
      keep(round, repositories, before, Optional.empty());
    }
    FetchState after =
        new FetchState(
            round.now(),
            inputs(root, host, images),
            registry.map(Registry::commit).orElse(before.registry()),
            registry.map(known -> known.model().config().verify().maxAge()).orElse(before.maxAge()),
            repositories,
            images);
    return finish(before, after);
  }

  /**
   * The marker before the state: a crash in between compiles once too often, never once too few.
   */
  private Outcome finish(FetchState before, FetchState after) throws IOException {
    List<String> moved = moved(before, after);
    boolean changed =
        !moved.isEmpty()
            || !after.inputs().equals(before.inputs())
            || (!Files.exists(root.resolve(COMPILED)) && !after.registry().isEmpty())
            || !directories(after).equals(directories(before));
    if (changed) {
      touch(root.resolve(CHANGED));
    }
    after.write(objects, before);
    report.addAll(reportOf(after));
    return new Outcome(Status.DONE, moved, changed, report.sorted());
  }

  /**
   * The newest registry that counts and can be read: of the tip, or else of the last commit that
   * had one. It says where credentials are sent, so it is not enough that somebody pushed it.
   */
  private Optional<Registry> registry(
      HostConfig host, FetchState before, Optional<CommitId> accepted) throws IOException {
    Optional<CommitId> tip = ObjectStore.tip(objects, ObjectStore.SYSTEM);
    if (tip.isEmpty()) {
      return Optional.empty();
    }
    try (ObjectStore store = ObjectStore.open(objects, ObjectStore.SYSTEM)) {
      // What is wrong with the tip is said by compile, with more at hand.
      boolean counts =
          tip.get().value().equals(before.registry())
              || host.verify() != VerifyMode.REQUIRE
              || new Judges(root, new OwnKeys(root)).system(host, tip.get(), accepted)
                  instanceof Acceptance.Outcome.Accepted;
      Optional<Registry> read = counts ? registry(store, tip.get()) : Optional.empty();
      if (read.isEmpty() && CommitId.isValid(before.registry())) {
        read = registry(store, new CommitId(before.registry()));
      }
      return read;
    }
  }

  private Optional<Registry> registry(ObjectStore store, CommitId commit) {
    try {
      return Systems.read(store.tree(commit), new Networkd(root), new Report())
          .map(model -> new Registry(commit.value(), model));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /** A repository as the operator wrote it down. */
  private record Wish(String scope, String url, String ref, String credential, String directory) {}

  /** Adds a repository to those to fetch or, when its address is refused, to those that failed. */
  private static void add(
      Wish wish,
      FetchRound round,
      FetchState before,
      List<Source> sources,
      SortedMap<String, FetchState.Repository> repositories) {
    Report refused = new Report();
    Source.of(wish.scope, wish.url, wish.ref, wish.credential, wish.directory, refused)
        .ifPresentOrElse(
            sources::add,
            () ->
                repositories.put(
                    wish.scope,
                    round.refused(
                        new FetchState.Repository(
                            wish.scope,
                            wish.url,
                            wish.ref,
                            wish.directory,
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty()),
                        refused.sorted().getFirst(),
                        Optional.ofNullable(before.repositories().get(wish.scope)))));
  }

  /** Where the tenants are: the registry first, then the directories. */
  private List<Wish> tenants(SystemModel model, FetchState before) {
    SortedMap<String, Wish> wishes = new TreeMap<>();
    for (TenantEntry entry : model.tenants()) {
      String scope = entry.id().value();
      wishes.put(scope, new Wish(scope, entry.repository(), entry.ref(), entry.credential(), ""));
    }
    for (FetchState.Found found : found(model.config().discovery().directories(), before)) {
      String scope = found.tenant().value();
      wishes.putIfAbsent(scope, new Wish(scope, found.url(), "main", "", found.directory()));
    }
    return List.copyOf(wishes.values());
  }

  /**
   * The tenants in the directories, and those that were: one that vanished is asked for in vain.
   */
  private List<FetchState.Found> found(List<String> directories, FetchState before) {
    List<FetchState.Found> found = new ArrayList<>();
    for (String directory : directories) {
      try {
        found.addAll(DirectoryScan.find(directory));
      } catch (IOException e) {
        report.add(
            Code.BB501,
            Location.ofFile(ObjectStore.SYSTEM, "", ""),
            "directory " + Quote.quote(directory) + " cannot be read",
            "",
            "let user bitbuilder-fetch read it, or drop it from discovery.directories");
      }
    }
    found.addAll(before.discovered(directories));
    return found;
  }

  /** What is no longer wanted is remembered, and its objects kept, until the retention is over. */
  private static void keep(
      FetchRound round,
      SortedMap<String, FetchState.Repository> repositories,
      FetchState before,
      Optional<SystemConfig> config)
      throws IOException {
    for (FetchState.Repository known : before.repositories().values()) {
      if (repositories.containsKey(known.scope())) {
        continue;
      }
      if (config.isEmpty() || known.scope().equals(ObjectStore.SYSTEM)) {
        repositories.put(known.scope(), known);
        continue;
      }
      Instant gone = known.goneAt().orElse(round.now());
      if (gone.plus(config.get().retention().removedTenants()).isBefore(round.now())) {
        round.forget(known.scope());
      } else {
        repositories.put(
            known.scope(),
            new FetchState.Repository(
                known.scope(),
                known.url(),
                known.ref(),
                known.directory(),
                known.tip(),
                known.failure(),
                Optional.of(gone)));
      }
    }
  }

  private static List<String> moved(FetchState before, FetchState after) {
    return after.repositories().values().stream()
        .filter(repository -> {
          FetchState.Repository known = before.repositories().get(repository.scope());
          return repository.tip().isPresent()
              && (known == null || !commit(known).equals(commit(repository)));
        })
        .map(FetchState.Repository::scope)
        .toList();
  }

  private static Optional<CommitId> commit(FetchState.Repository repository) {
    return repository.tip().map(FetchState.Tip::commit);
  }

  /** Which tenant stands in which directory, as far as compile will hear of it. */
  private static SortedMap<String, String> directories(FetchState state) {
    SortedMap<String, String> directories = new TreeMap<>();
    state
        .repositories()
        .forEach((scope, repository) -> {
          if (!repository.directory().isEmpty() && repository.tip().isPresent()) {
            directories.put(scope, repository.directory());
          }
        });
    return directories;
  }

  /** What compile reads beside commits: this version, host.yaml, and which images are there. */
  private static String inputs(
      Path root, HostConfig host, SortedMap<String, FetchState.Image> images) {
    StringBuilder text = new StringBuilder(InputsDigest.VERSION);
    text.append('\n').append(host.verify()).append('\n').append(host.tags());
    text.append('\n').append(host.signers()).append('\n').append(new OwnKeys(root).digest());
    images.values().stream()
        .filter(image -> image.present() || !image.offer().isEmpty())
        .forEach(image ->
            text.append('\n')
                .append(image.name())
                .append(' ')
                .append(image.present())
                .append(image.sha256())
                .append(image.offer()));
    return InputsDigest.sha256(text.toString());
  }

  private static Report reportOf(FetchState state) {
    Report report = new Report();
    state.findings().forEach(report::add);
    return report;
  }

  private static void touch(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
  }
}
