package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.model.CommitId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Asks a local bare repository for one branch, by the files of gitrepository-layout(5). */
final class FileQuestion {
  private static final long LIMIT = 4 << 20;

  private FileQuestion() {}

  /**
   * Looks the branch up where it is nearly always.
   *
   * @throws IOException when there is no repository, or it may not be used
   */
  static Advertised ask(Path repository, String branch) throws IOException {
    if (!Files.isDirectory(repository.resolve("objects"))
        || !Files.isRegularFile(repository.resolve("HEAD"))) {
      throw new NoSuchFileException(repository.toString(), null, "no bare repository is there");
    }
    if (Files.exists(repository.resolve("objects/info/alternates"))) {
      throw new IOException("the repository borrows objects from another one");
    }
    try {
      String text = Files.readString(repository.resolve(branch), StandardCharsets.ISO_8859_1);
      return at(text.strip());
    } catch (NoSuchFileException _) {
      return packed(repository.resolve("packed-refs"), branch);
    }
  }

  private static Advertised packed(Path file, String branch) throws IOException {
    if (!Files.exists(file) || Files.size(file) > LIMIT) {
      return new Advertised.Unknown();
    }
    for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
      if (line.length() == 41 + branch.length() && line.endsWith(" " + branch)) {
        return at(line.substring(0, 40));
      }
    }
    return new Advertised.Unknown();
  }

  private static Advertised at(String text) {
    return CommitId.isValid(text) && text.length() == 40
        ? new Advertised.At(new CommitId(text))
        : new Advertised.Unknown();
  }
}
