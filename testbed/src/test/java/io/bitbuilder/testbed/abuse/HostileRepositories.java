package io.bitbuilder.testbed.abuse;

import io.bitbuilder.testbed.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Makes the repositories of all attacks and brings them to a host. */
public final class HostileRepositories {
  private HostileRepositories() {}

  /** Puts them under /srv/git of the host. */
  public static void push(List<Attack> attacks, Host host) {
    try {
      Path directory = Files.createTempDirectory("abuse");
      try {
        attacks.parallelStream().forEach(attack -> make(attack, directory));
        host.push(directory, "/srv/git");
      } finally {
        try (Stream<Path> all = Files.walk(directory)) {
          for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(path);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    host.sh(
        "chmod -R a+rX /srv/git; git -C /srv/git/innocent.git repack -adq; cp /srv/git/innocent.git/objects/pack/*.idx /srv/good.idx");
    StringBuilder plants =
        new StringBuilder(
            "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'\n");
    for (Attack attack : attacks) {
      if (!attack.plant().isEmpty()) {
        plants.append(
            "echo "
                + attack.id()
                + "\nplant() { (\n"
                + attack.plant()
                + "\n) }\nplant /srv/git/"
                + attack.id()
                + ".git\n");
      } else if (!attack.url().isEmpty()) {
        plants.append(
            "git -C /srv/git/%1$s.git pack-objects --all --stdout -q </dev/null >/srv/packs/%1$s\n"
                .formatted(attack.id()));
      }
    }
    host.write("/srv/plant", plants.toString());
    host.sh("sh -eu /srv/plant 2>&1");
  }

  private static void make(Attack attack, Path directory) {
    HostileRepository repository = new HostileRepository(directory.resolve(attack.id() + ".git"));
    repository
        .file("metadata.json", Attack.metadata(attack.id(), Attack.LITTLE))
        .file("containers/app/config.yaml", Attack.RESTING);
    attack.maker().make(repository);
    repository.finish();
  }
}
