package io.bitbuilder.hypervisor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.sync.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ids were given by git write-tree and git ls-tree of git 2. */
class IdentifiedTreeTest {
  @TempDir Path top;

  @Test
  void idsAreThoseOfGit() throws IOException {
    Files.writeString(top.resolve("a.txt"), "hello\n");
    Files.writeString(top.resolve("b.txt"), "x");
    Files.createDirectories(top.resolve("b/c"));
    Files.createDirectories(top.resolve("empty/inside"));
    Files.writeString(top.resolve("b/c/deep"), "y");
    Path run = Files.writeString(top.resolve("b/run"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(top.resolve("b/link"), Path.of("../a.txt"));

    IdentifiedTree tree = new IdentifiedTree(new DirectoryTree(top));
    assertThat(tree.id()).isEqualTo("c3f02ea81b0bf093dfcf5f2aa622303823c5df5a");
    assertThat(tree.list(""))
        .extracting(SourceTree.Entry::name)
        .containsExactly("a.txt", "b", "b.txt");
    assertThat(tree.find("b").orElseThrow().id())
        .isEqualTo("1bde65923d47df987033aed6065aebc2363e673c");
    assertThat(tree.find("b/link").orElseThrow().id())
        .isEqualTo("d8b329f3df485f7a4f27c3cf2896bbc75c528585");
    assertThat(tree.find("nothing")).isEmpty();
  }
}
