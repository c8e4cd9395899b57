package io.bitbuilder.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/** System credentials of a machine, as files for as long as it is being started. */
final class Credentials {
  private Credentials() {}

  /**
   * @param credentials their content by their name
   * @param start is given the directory they lie in
   */
  static <T> T with(Map<String, String> credentials, Function<Path, T> start) {
    try {
      Path directory = Files.createTempDirectory("testbed");
      try {
        for (Map.Entry<String, String> credential : credentials.entrySet()) {
          Files.writeString(directory.resolve(credential.getKey()), credential.getValue());
        }
        return start.apply(directory);
      } finally {
        for (String credential : credentials.keySet()) {
          Files.deleteIfExists(directory.resolve(credential));
        }
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
