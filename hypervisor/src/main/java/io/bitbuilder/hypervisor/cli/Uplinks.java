package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** The interfaces that lead outside, as /usr/lib/bitbuilder/firewall has found them. */
final class Uplinks {
  private Uplinks() {}

  /**
   * Reads them; there are none before the first network leads anywhere.
   *
   * @param notes takes why they could not be read
   */
  static List<String> read(Path root, Collection<String> notes) {
    try {
      // Names in quotes with commas between them, as nft wants them.
      String text = Files.readString(root.resolve("run/bitbuilder/firewall/uplinks"));
      return Stream.of(text.strip().split(",", -1))
          .map(name -> name.strip().replace("\"", ""))
          .filter(name -> !name.isEmpty())
          .toList();
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException e) {
      notes.add("uplinks: " + Quote.escape(String.valueOf(e.getMessage()), 400));
      return List.of();
    }
  }
}
