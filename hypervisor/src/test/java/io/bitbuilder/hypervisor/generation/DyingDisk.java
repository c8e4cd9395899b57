package io.bitbuilder.hypervisor.generation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A disk that works for a number of operations and then no more. As after a power loss, what was
 * written and not made durable may be gone: then its content is empty.
 */
final class DyingDisk implements Disk {
  /** The machine is off. */
  static final class Died extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final boolean losesContent;
  private final List<Path> volatileFiles = new ArrayList<>();
  private int left;

  DyingDisk(int operations, boolean losesContent) {
    this.left = operations;
    this.losesContent = losesContent;
  }

  private void live() throws IOException {
    if (left-- > 0) {
      return;
    }
    if (losesContent && left == -1) {
      for (Path file : volatileFiles) {
        if (java.nio.file.Files.exists(file)) {
          java.nio.file.Files.write(file, new byte[0]);
        }
      }
    }
    throw new Died();
  }

  @Override
  public void makeDirectory(Path directory) throws IOException {
    live();
    Disk.LOCAL.makeDirectory(directory);
  }

  @Override
  public void write(Path file, byte[] content, boolean executable) throws IOException {
    if (left == 0) {
      Disk.LOCAL.write(file, Arrays.copyOf(content, content.length / 2), executable);
    }
    live();
    Disk.LOCAL.write(file, content, executable);
    volatileFiles.add(file);
  }

  @Override
  public void fill(Path file, Filling filling) throws IOException {
    live();
    Disk.LOCAL.fill(file, filling);
    volatileFiles.add(file);
  }

  @Override
  public void link(Path link, String target) throws IOException {
    live();
    Disk.LOCAL.link(link, target);
  }

  @Override
  public void linkAgain(Path link, Path existing) throws IOException {
    live();
    Disk.LOCAL.linkAgain(link, existing);
  }

  @Override
  public void sync(Path path) throws IOException {
    live();
    // Nothing to do: this disk itself decides what is lost.
    volatileFiles.remove(path);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    live();
    Disk.LOCAL.rename(from, to);
    volatileFiles.replaceAll(
        file -> file.startsWith(from) ? to.resolve(from.relativize(file)) : file);
  }

  @Override
  public void delete(Path path) throws IOException {
    live();
    Disk.LOCAL.delete(path);
    volatileFiles.remove(path);
  }
}
