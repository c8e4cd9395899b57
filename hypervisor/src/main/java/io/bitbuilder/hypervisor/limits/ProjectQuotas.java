package io.bitbuilder.hypervisor.limits;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Whether the file system of a directory can limit what is below a directory.
 *
 * @param type of the file system, such as ext4
 * @param device what is mounted
 * @param enforced whether project quotas are on, with limits
 */
record ProjectQuotas(String type, String device, boolean enforced) {
  private static final List<String> XFS = List.of("prjquota", "pquota");

  /** Of the mount a directory lies on; empty when none is found. */
  static Optional<ProjectQuotas> of(Path root, String directory) throws IOException {
    Path mounts = root.resolve("proc/self/mountinfo");
    if (!Files.exists(mounts)) {
      return Optional.empty();
    }
    Optional<ProjectQuotas> found = Optional.empty();
    int length = -1;
    for (String line : Files.readAllLines(mounts, StandardCharsets.UTF_8)) {
      // ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS FIELD... - TYPE SOURCE OPTIONS (proc(5)).
      String[] words = line.split(" ", -1);
      int dash = Arrays.asList(words).indexOf("-");
      if (dash < 6 || words.length < dash + 4 || !isUnder(directory, words[4])) {
        continue;
      }
      // The longest is the innermost; of equal ones the last is on top.
      if (words[4].length() >= length) {
        length = words[4].length();
        String type = words[dash + 1];
        found =
            Optional.of(
                new ProjectQuotas(
                    type, words[dash + 2], enforced(root, type, words[2], words[dash + 3])));
      }
    }
    return found;
  }

  private static boolean isUnder(String directory, String mount) {
    return mount.equals("/") || directory.equals(mount) || directory.startsWith(mount + "/");
  }

  /** ext4 hides an option that is a default of the file system from mountinfo, but not here. */
  private static boolean enforced(Path root, String type, String device, String options)
      throws IOException {
    List<String> words = List.of(options.split(",", -1));
    return switch (type) {
      case "xfs" -> XFS.stream().anyMatch(words::contains);
      case "ext4" -> {
        Path link = root.resolve("sys/dev/block").resolve(device);
        if (!Files.isSymbolicLink(link)) {
          yield words.contains("prjquota");
        }
        Path file =
            root.resolve("proc/fs/ext4").resolve(Files.readSymbolicLink(link).getFileName());
        yield Files.isReadable(file.resolve("options"))
            && Files.readAllLines(file.resolve("options")).contains("prjquota");
      }
      default -> false;
    };
  }
}
