package io.bitbuilder.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The image {@code guest/build} makes, once per machine, as a host's catalogue names it. */
public final class GuestImage {
  private static final String ON_HOST = "/srv/images/guest";

  private final Path directory;

  private GuestImage(Path directory) {
    this.directory = directory;
  }

  /** The image, with these packages of Debian beyond its own, built first when there is none. */
  public static GuestImage build(String... packages) {
    return new GuestImage(Path.of(Lane.print("guest/build", packages)));
  }

  /** Copies it into a host. */
  public GuestImage copyTo(Host host) {
    host.push(directory, ON_HOST);
    return this;
  }

  /** Its entry for {@code images:} of .gitops/config.yaml, named {@code guest}. */
  public String catalogue() {
    try {
      return Files.readString(directory.resolve("catalogue.yaml")).indent(2);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
