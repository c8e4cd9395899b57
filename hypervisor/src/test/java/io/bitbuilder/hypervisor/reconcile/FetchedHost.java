package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.generation.AllocationFile;
import io.bitbuilder.hypervisor.generation.Staging;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.sync.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.PersonIdent;

/**
 * A host on which the examples were fetched: real repositories, read, planned and compiled by the
 * real stages; only systemd is missing.
 */
final class FetchedHost {
  private static final Path EXAMPLES = Path.of("../examples");

  final Path root;
  final Path state;
  private final Path objects;
  private final Path work;
  private final Map<String, Object> repositories = new LinkedHashMap<>();

  FetchedHost(Path top) throws IOException {
    this.root = Files.createDirectories(top.resolve("host"));
    this.work = Files.createDirectories(top.resolve("work"));
    this.state = Files.createDirectories(root.resolve("var/lib/bitbuilder"));
    this.objects = Files.createDirectories(state.resolve("objects"));
    // With the product's own settings JGit does not measure the file system: that takes seconds,
    // and leaves files in directories that are deleted meanwhile.
    Files.createDirectories(objects.resolve("system.git/objects"));
    ObjectStore.open(objects, ObjectStore.SYSTEM).close();
    Files.createDirectories(root.resolve("etc/bitbuilder"));
    Files.writeString(
        root.resolve("etc/bitbuilder/host.yaml"),
        "systemRepository: {url: 'file:///srv/git/system.git'}\nverify: off\n");
    for (String name : new String[] {"system", "tenant-001", "tenant-blue"}) {
      copy(EXAMPLES.resolve(name), work.resolve(name));
      push(name);
    }
  }

  /** The checked-out files of a repository. */
  Path checkout(String name) {
    return work.resolve(name);
  }

  /** Commits the checked-out files, and makes the commit what was fetched last. */
  CommitId push(String name) throws IOException {
    Path files = work.resolve(name);
    Path store =
        name.equals("system")
            ? objects.resolve("system.git")
            : objects.resolve("tenants/" + name + ".git");
    CommitId commit;
    try (Git git = Git.init().setDirectory(files.toFile()).setInitialBranch("main").call()) {
      git.add().addFilepattern(".").call();
      git.add().setUpdate(true).addFilepattern(".").call();
      PersonIdent ann = new PersonIdent("Ann", "ann@example.org");
      commit =
          new CommitId(
              git.commit()
                  .setSign(false)
                  .setAuthor(ann)
                  .setCommitter(ann)
                  .setMessage("Change " + name)
                  .call()
                  .getName());
    } catch (GitAPIException e) {
      throw new IOException(e);
    }
    copy(files.resolve(".git/objects"), store.resolve("objects"));
    Files.createDirectories(store.resolve("refs/bitbuilder"));
    Files.writeString(store.resolve("refs/bitbuilder/tip"), commit.value() + "\n");
    Files.writeString(store.resolve("HEAD"), "ref: refs/bitbuilder/tip\n");
    Map<String, Object> repository = new LinkedHashMap<>();
    repository.put("url", "file:///srv/git/" + name + ".git");
    repository.put("ref", "main");
    repository.put("tip", commit.value());
    repository.put("author", "Ann <ann@example.org>");
    repository.put("subject", "Change " + name);
    repository.put("fetchedAt", "2026-01-01T00:00:00Z");
    repositories.put(name, repository);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("version", 1L);
    all.put("inputs", "");
    all.put("registry", "");
    all.put("repositories", repositories);
    all.put("images", Map.of());
    Files.writeString(objects.resolve("state.json"), Json.pretty(all));
    return commit;
  }

  /** Compiles what was fetched, and switches to it. */
  void sync() throws IOException {
    CompileRun.on(root, Optional.empty()).run();
    Store store = new Store(state);
    Staging staging = new Staging(state);
    new AllocationFile(state).write(staging.allocations().orElseThrow());
    TreeMap<TenantId, Integer> selection = new TreeMap<>(store.selection());
    for (Map.Entry<TenantId, Path> entry : staging.tenants().entrySet()) {
      selection.put(entry.getKey(), store.add(entry.getKey(), entry.getValue()).number());
    }
    store.select(selection);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (!Files.exists(target)) {
          Files.copy(file, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }
}
