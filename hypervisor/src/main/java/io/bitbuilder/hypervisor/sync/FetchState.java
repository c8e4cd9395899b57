package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * objects/state.json: what is known of every repository and image, and what went wrong last.
 *
 * @param checkedAt when the fetch began that last ran to its end; the time of the file, so that a
 *     run without news writes nothing
 * @param inputs a digest of what compile depends on beside the tips
 * @param registry the newest commit of the system repository whose registry could be read, or empty
 * @param maxAge how old a newest commit may become before that is said; zero is for ever
 * @param repositories by scope: {@code system} and tenant ids
 * @param images by the name in the catalogue
 */
public record FetchState(
    Instant checkedAt,
    String inputs,
    String registry,
    Duration maxAge,
    SortedMap<String, Repository> repositories,
    SortedMap<String, Image> images) {

  /** Nothing was ever fetched. */
  public static final FetchState NONE =
      new FetchState(Instant.EPOCH, "", "", Duration.ZERO, new TreeMap<>(), new TreeMap<>());

  /**
   * One repository.
   *
   * @param url where it was last looked for
   * @param ref its branch
   * @param directory the directory (a file URL) it was discovered in; empty for a registered one
   * @param tip the newest fetched commit, if there ever was one
   * @param failure why the last try failed; empty when it did not
   * @param goneAt since when it is neither registered nor in a configured directory
   */
  public record Repository(
      String scope,
      String url,
      String ref,
      String directory,
      Optional<Tip> tip,
      Optional<Failure> failure,
      Optional<Instant> goneAt) {}

  /**
   * A fetched commit. Author and subject are untrusted text of one line.
   *
   * @param committedAt when it was made, as its committer's clock said
   * @param fetchedAt when it became the tip
   */
  public record Tip(
      CommitId commit, String author, String subject, Instant committedAt, Instant fetchedAt) {
    static Tip of(ObjectStore.Commit commit, Instant now) {
      return new Tip(commit.id(), commit.author(), commit.subject(), commit.time(), now);
    }
  }

  /**
   * Why a repository or image is not up to date.
   *
   * @param message what is wrong, untrusted text already escaped
   * @param expected what would have been accepted, or empty
   * @param help how to mend it, or empty
   * @param count how often in a row
   * @param since the first time of these
   * @param retryAt not tried before, unless asked for by hand
   * @param offered the commit that was refused, or empty; it is not fetched again
   */
  public record Failure(
      Code code,
      String message,
      String expected,
      String help,
      int count,
      Instant since,
      Instant retryAt,
      String offered) {
    /** As a finding. */
    public Diagnostic finding(String scope) {
      return new Diagnostic(
          code, message, Location.ofFile(scope, "", ""), expected, help, List.of());
    }
  }

  /**
   * One image of the catalogue.
   *
   * @param sha256 its digest: pinned, or what a signature that counts says now; else empty
   * @param present whether objects/images/{@code sha256} is complete
   * @param offer tells what was handed to compile of a publisher's list from others; else empty
   */
  public record Image(
      String name, String sha256, boolean present, String offer, Optional<Failure> failure) {}

  /** A tenant found in a directory, which compile adds to those of the registry. */
  public record Found(TenantId tenant, String directory, String url) {}

  /**
   * Reads it.
   *
   * @param objects the directory objects/
   * @throws IOException when it is there and cannot be read; then everything stays as it is
   */
  public static FetchState read(Path objects) throws IOException {
    return StateFile.read(objects);
  }

  /**
   * When the fetch began that last ran to its end, without reading the rest; the epoch when there
   * was none.
   *
   * @param objects the directory objects/
   */
  public static Instant checkedAt(Path objects) throws IOException {
    return StateFile.time(objects);
  }

  /**
   * Replaces the file durably, or only its time when nothing else is new.
   *
   * @param before what the file holds
   */
  public void write(Path objects, FetchState before) throws IOException {
    StateFile.write(objects, before, this);
  }

  /** The system repository, once it was tried. */
  public Optional<Repository> system() {
    return Optional.ofNullable(repositories.get(ObjectStore.SYSTEM));
  }

  /** The tenants' repositories, also of tenants that are gone. */
  public SortedMap<TenantId, Repository> tenants() {
    SortedMap<TenantId, Repository> tenants = new TreeMap<>();
    repositories.forEach((scope, repository) -> {
      if (!scope.equals(ObjectStore.SYSTEM)) {
        tenants.put(new TenantId(scope), repository);
      }
    });
    return tenants;
  }

  /** The repository of one tenant, once it was tried. */
  public Optional<Repository> tenant(TenantId tenant) {
    return Optional.ofNullable(repositories.get(tenant.value()));
  }

  /** The newest fetched commit of every tenant that has one. */
  public SortedMap<TenantId, CommitId> tips() {
    SortedMap<TenantId, CommitId> tips = new TreeMap<>();
    tenants()
        .forEach((tenant, repository) ->
            repository.tip().ifPresent(tip -> tips.put(tenant, tip.commit())));
    return tips;
  }

  /**
   * The tenants of the directories the system configuration names, also those that have vanished
   * from one: only a directory that leaves the configuration takes its tenants with it.
   *
   * @param directories {@code discovery.directories}
   */
  public List<Found> discovered(List<String> directories) {
    return tenants().entrySet().stream()
        .filter(entry -> directories.contains(entry.getValue().directory()))
        .map(entry ->
            new Found(entry.getKey(), entry.getValue().directory(), entry.getValue().url()))
        .toList();
  }

  /** What is wrong, by scope; images are of the scope {@code system}. */
  public List<Diagnostic> findings() {
    List<Diagnostic> findings = new ArrayList<>();
    repositories
        .values()
        .forEach(repository ->
            repository
                .failure()
                .filter(_ -> repository.goneAt().isEmpty())
                .ifPresent(failure -> findings.add(failure.finding(repository.scope()))));
    repositories.values().stream()
        .filter(repository -> repository.goneAt().isEmpty())
        .forEach(repository -> silence(repository).ifPresent(findings::add));
    images
        .values()
        .forEach(image ->
            image
                .failure()
                .ifPresent(failure -> findings.add(failure.finding(ObjectStore.SYSTEM))));
    return findings;
  }

  /** That nothing new came for longer than it may: perhaps somebody withholds it. */
  private Optional<Diagnostic> silence(Repository repository) {
    return repository
        .tip()
        .filter(_ -> !maxAge.isZero())
        .map(tip -> Duration.between(tip.committedAt(), checkedAt))
        .filter(age -> age.compareTo(maxAge) > 0)
        .map(age ->
            new Diagnostic(
                Code.BB509,
                "the newest commit is " + words(age) + " old",
                Location.ofFile(repository.scope(), "", ""),
                "a commit at least every " + words(maxAge) + " (verify.maxAge)",
                "compare it with the repository: git ls-remote; when all is well, push a signed"
                    + " commit, an empty one will do",
                List.of()));
  }

  private static String words(Duration duration) {
    return duration.toDays() > 1 ? duration.toDays() + " days" : duration.toMinutes() + " minutes";
  }
}
