package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/**
 * The fetched objects of one repository: a bare directory without configuration, with one
 * reference, the newest commit that was accepted. Reading needs no write access. Safe for use by
 * several threads.
 */
public final class ObjectStore implements AutoCloseable {
  /** The scope of the system repository. */
  public static final String SYSTEM = "system";

  /** The reference to the newest fetched commit. */
  static final String TIP = "refs/bitbuilder/tip";

  private static final int TEXT_LIMIT = 200;
  private static final int COMMIT_LIMIT = 1 << 20;

  private final FileRepository repository;
  private final String scope;
  private final Limits limits;

  private ObjectStore(FileRepository repository, String scope, Limits limits) {
    this.repository = repository;
    this.scope = scope;
    this.limits = limits;
  }

  /**
   * A commit, for people. The texts are the author's: untrusted, one line, cut at 200 characters.
   *
   * @param author name and address
   * @param subject the first line of its message
   * @param time when it was committed, as the committer's clock said
   */
  public record Commit(CommitId id, String author, String subject, Instant time) {}

  /**
   * Opens the objects of a repository.
   *
   * @param objects the directory objects/
   * @param scope {@code system} or a tenant id
   * @throws NoSuchFileException when nothing was ever fetched
   */
  public static ObjectStore open(Path objects, String scope) throws IOException {
    Path directory = directory(objects, scope);
    if (!Files.isDirectory(directory.resolve("objects"))) {
      throw new NoSuchFileException(directory.toString(), null, "never fetched");
    }
    return new ObjectStore(repository(directory), scope, Limits.DEFAULT);
  }

  /** Where the objects of a repository lie. */
  static Path directory(Path objects, String scope) {
    if (scope.equals(SYSTEM)) {
      return objects.resolve("system.git");
    }
    return objects.resolve("tenants").resolve(new TenantId(scope) + ".git");
  }

  /** The newest fetched commit, without opening the repository. */
  public static Optional<CommitId> tip(Path objects, String scope) throws IOException {
    try {
      String text = Files.readString(directory(objects, scope).resolve(TIP)).strip();
      if (!CommitId.isValid(text)) {
        throw new IOException("the reference to the tip of " + scope + " is damaged");
      }
      return Optional.of(new CommitId(text));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /** Objects for whoever must not believe what their files say. */
  static FileRepository repository(Path directory) throws IOException {
    return new HashedRepository(files(directory));
  }

  /** Where the files of a repository lie. */
  static FileRepositoryBuilder files(Path directory) throws IOException {
    GitSettings.apply();
    return new FileRepositoryBuilder()
        .setBare()
        .setGitDir(directory.toFile())
        .setObjectDirectory(directory.resolve("objects").toFile())
        .setup();
  }

  /** What this is the store of. */
  public String scope() {
    return scope;
  }

  /**
   * The files of a commit, usable while this store is open.
   *
   * @throws IOException when there is no such commit, or it is damaged
   */
  public SourceTree tree(CommitId commit) throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      RevCommit found = parse(walk, commit);
      return new GitTree(repository, scope, commit, found.getTree().getId().copy(), limits);
    }
  }

  /**
   * A commit as it was signed: the very bytes it is named after.
   *
   * @throws IOException when there is no such commit, it is damaged, or larger than 1 MiB
   */
  public byte[] raw(CommitId commit) throws IOException {
    try (ObjectReader reader = repository.newObjectReader()) {
      return reader
          .open(ObjectId.fromString(commit.value()), Constants.OBJ_COMMIT)
          .getCachedBytes(COMMIT_LIMIT);
    } catch (MissingObjectException | IncorrectObjectTypeException e) {
      throw new IOException("commit " + commit.abbreviated() + " is not in the object store", e);
    } catch (LargeObjectException e) {
      throw new IOException(
          "commit " + commit.abbreviated() + " has more than " + COMMIT_LIMIT + " bytes", e);
    }
  }

  /**
   * The commits that came since: ancestors of one, and it, without the ancestors of the other, and
   * it. Children come before their parents.
   *
   * @param limit how many at most
   */
  public List<CommitId> since(CommitId tip, CommitId before, int limit) throws IOException {
    List<CommitId> commits = new ArrayList<>();
    try (RevWalk walk = new RevWalk(repository)) {
      walk.setRetainBody(false);
      walk.sort(RevSort.TOPO);
      walk.markStart(parse(walk, tip));
      walk.markUninteresting(parse(walk, before));
      for (RevCommit next = walk.next();
          next != null && commits.size() < limit;
          next = walk.next()) {
        commits.add(new CommitId(next.name()));
      }
    }
    return commits;
  }

  /** Who made a commit, and what it says. */
  public Commit describe(CommitId commit) throws IOException {
    return describe(repository, commit);
  }

  static Commit describe(FileRepository repository, CommitId commit) throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      return commit(parse(walk, commit));
    }
  }

  /**
   * The history from a commit back, newest first, children before their parents.
   *
   * @param limit how many at most
   */
  public List<Commit> log(CommitId from, int limit) throws IOException {
    List<Commit> commits = new ArrayList<>();
    try (RevWalk walk = new RevWalk(repository)) {
      walk.sort(RevSort.TOPO);
      walk.markStart(parse(walk, from));
      for (RevCommit next = walk.next();
          next != null && commits.size() < limit;
          next = walk.next()) {
        commits.add(commit(next));
      }
    }
    return commits;
  }

  /** Whether a commit has another among its ancestors, or is the same. */
  public boolean descends(CommitId commit, CommitId ancestor) throws IOException {
    return descends(repository, commit, ancestor);
  }

  static boolean descends(FileRepository repository, CommitId commit, CommitId ancestor)
      throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      walk.setRetainBody(false);
      return walk.isMergedInto(parse(walk, ancestor), parse(walk, commit));
    }
  }

  /**
   * The commit of a full or abbreviated id; empty when there is none, or more than one object.
   *
   * @param text at least four hexadecimal digits
   */
  public Optional<CommitId> resolve(String text) throws IOException {
    if (text.length() < 4 || !AbbreviatedObjectId.isId(text)) {
      return Optional.empty();
    }
    try (ObjectReader reader = repository.newObjectReader();
        RevWalk walk = new RevWalk(reader)) {
      Collection<ObjectId> matches = reader.resolve(AbbreviatedObjectId.fromString(text));
      if (matches.size() != 1) {
        return Optional.empty();
      }
      return Optional.of(new CommitId(walk.parseCommit(matches.iterator().next()).name()));
    } catch (MissingObjectException | IncorrectObjectTypeException _) {
      return Optional.empty();
    }
  }

  /**
   * Writes a bare repository with one branch, {@code main}, at a commit: all its files and nothing
   * before it (gitrepository-layout(5), shallow). The same commit gives the same bytes.
   *
   * @param into an empty directory
   * @throws LimitExceeded when its files take more space than a layer may
   */
  public void write(CommitId commit, Path into) throws IOException {
    ShallowCopy.write(repository, ObjectId.fromString(commit.value()), into);
  }

  @Override
  public void close() {
    repository.close();
  }

  private static RevCommit parse(RevWalk walk, CommitId commit) throws IOException {
    try {
      return walk.parseCommit(ObjectId.fromString(commit.value()));
    } catch (MissingObjectException | IncorrectObjectTypeException e) {
      throw new IOException("commit " + commit.abbreviated() + " is not in the object store", e);
    }
  }

  private static Commit commit(RevCommit commit) {
    PersonIdent author = commit.getAuthorIdent();
    String who = author == null ? "" : author.getName() + " <" + author.getEmailAddress() + ">";
    return new Commit(
        new CommitId(commit.name()),
        cut(who),
        cut(commit.getShortMessage()),
        Instant.ofEpochSecond(commit.getCommitTime()));
  }

  private static String cut(String text) {
    return text.length() <= TEXT_LIMIT ? text : text.substring(0, TEXT_LIMIT);
  }
}
