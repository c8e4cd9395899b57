package io.bitbuilder.hypervisor.names;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Finds the number of a socket of this process: Java does not tell it, the kernel does (proc(5)).
 */
final class Descriptors {
  private Descriptors() {}

  /**
   * The number of the socket that is bound to a port.
   *
   * @param table of /proc/net: {@code udp} or {@code tcp}
   */
  static int of(String table, int port) throws IOException {
    for (String name : List.of(table, table + "6")) {
      for (String line : Files.readAllLines(Path.of("/proc/net", name))) {
        String[] fields = line.strip().split(" +", -1);
        if (fields.length > 9
            && fields[1].endsWith(":%04x".formatted(port).toUpperCase(Locale.ROOT))
            && fields[2].endsWith(":0000")) {
          return of("socket:[" + fields[9] + "]");
        }
      }
    }
    throw new AssertionError("nothing is bound to port " + port);
  }

  private static int of(String target) throws IOException {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path one : open) {
        if (Files.isSymbolicLink(one) && Files.readSymbolicLink(one).toString().equals(target)) {
          return Integer.parseInt(one.getFileName().toString());
        }
      }
    }
    throw new AssertionError(target + " is not ours");
  }
}
