package io.bitbuilder.hypervisor.cases;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.sync.DirectoryTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A directory of a case as a repository of a name, without the file EXPECT. */
final class CaseTree implements SourceTree {
  private final DirectoryTree tree;
  private final String repository;

  CaseTree(Path directory, String repository) {
    this.tree = new DirectoryTree(directory);
    this.repository = repository;
  }

  @Override
  public String repository() {
    return repository;
  }

  @Override
  public Optional<CommitId> commit() {
    return Optional.empty();
  }

  @Override
  public List<Entry> list(String path) throws IOException {
    return tree.list(path).stream().filter(entry -> !entry.path().equals("EXPECT")).toList();
  }

  @Override
  public Optional<Entry> find(String path) throws IOException {
    return tree.find(path);
  }

  @Override
  public byte[] read(Entry entry, long limit) throws IOException {
    return tree.read(entry, limit);
  }
}
