package io.bitbuilder.hypervisor.generation;

import java.io.IOException;
import java.nio.file.Path;

/** The files of the store on a disk that says when it is used, and may throw instead. */
public final class Breakable {
  private final Path state;
  private final Disk disk;

  /**
   * A disk.
   *
   * @param state /var/lib/bitbuilder
   * @param before called before each operation
   */
  public Breakable(Path state, Runnable before) {
    this.state = state;
    this.disk = new Announced(before);
  }

  public Store store() {
    return new Store(state, disk);
  }

  public HostStore hostStore() {
    return new HostStore(state, disk);
  }

  public Refused refused() {
    return new Refused(state, disk);
  }

  public FlightLog flights() throws IOException {
    return new FlightLog(state, disk);
  }

  public RemovedTenants removed() {
    return new RemovedTenants(state, disk);
  }

  private record Announced(Runnable before) implements Disk {
    @Override
    public void makeDirectory(Path directory) throws IOException {
      before.run();
      LOCAL.makeDirectory(directory);
    }

    @Override
    public void write(Path file, byte[] content, boolean executable) throws IOException {
      before.run();
      LOCAL.write(file, content, executable);
    }

    @Override
    public void fill(Path file, Filling filling) throws IOException {
      before.run();
      LOCAL.fill(file, filling);
    }

    @Override
    public void link(Path link, String target) throws IOException {
      before.run();
      LOCAL.link(link, target);
    }

    @Override
    public void linkAgain(Path link, Path existing) throws IOException {
      before.run();
      LOCAL.linkAgain(link, existing);
    }

    @Override
    public void sync(Path path) {
      // What a power loss would take is the subject of CrashTest.
      before.run();
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      before.run();
      LOCAL.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
      before.run();
      LOCAL.delete(path);
    }
  }
}
