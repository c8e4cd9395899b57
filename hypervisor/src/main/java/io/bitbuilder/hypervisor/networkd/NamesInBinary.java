package io.bitbuilder.hypervisor.networkd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The names {@code Section.Key} in a program of systemd, from its tables of settings. A string may
 * lie in the end of a longer one, for linkers merge them: a name is found there only by whoever
 * knows it.
 */
final class NamesInBinary {
  /** A program of systemd has a few MiB. */
  private static final long LIMIT = 64L << 20;

  /** Each program of systemd names the library of its version. */
  private static final String LIBRARY = "libsystemd-shared-";

  private final Map<String, List<String>> sectionsByKey = new HashMap<>();
  private final SortedSet<String> whole = new TreeSet<>();
  private final int version;

  NamesInBinary(String text) {
    this.version = version(text);
    for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
      int end = dot + 1;
      while (end < text.length() && isWord(text.charAt(end))) {
        end++;
      }
      int start = dot;
      while (start > 0 && isWord(text.charAt(start - 1))) {
        start--;
      }
      if (end < text.length() && text.charAt(end) == 0 && start < dot && dot + 1 < end) {
        String section = text.substring(start, dot);
        String key = text.substring(dot + 1, end);
        sectionsByKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(section);
        if (isName(section) && isName(key) && start > 0 && text.charAt(start - 1) == 0) {
          whole.add(section + "." + key);
        }
      }
    }
  }

  /** Those of a program; empty when there is none or it cannot be read. */
  static Optional<NamesInBinary> of(Path program) {
    try {
      if (!Files.isRegularFile(program) || Files.size(program) > LIMIT) {
        return Optional.empty();
      }
      // One character a byte, so that searching is what strings are good at.
      byte[] bytes = Files.readAllBytes(program);
      return Optional.of(new NamesInBinary(new String(bytes, StandardCharsets.ISO_8859_1)));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /** The version of systemd it is of; 0 when it does not say. */
  int version() {
    return version;
  }

  /** Whether a name may be one of its settings. */
  boolean has(String section, String key) {
    return sectionsByKey.getOrDefault(key, List.of()).stream()
        .anyMatch(found -> found.endsWith(section));
  }

  /** The names {@code Section.Key} that are strings of their own. */
  SortedSet<String> whole() {
    return whole;
  }

  private static int version(String text) {
    int at = text.indexOf(LIBRARY);
    int version = 0;
    for (int i = at + LIBRARY.length(); at >= 0 && i < text.length() && version < 10_000; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        break;
      }
      version = version * 10 + c - '0';
    }
    return version;
  }

  /** Sections and keys begin with a capital. */
  private static boolean isName(String text) {
    return text.charAt(0) >= 'A' && text.charAt(0) <= 'Z';
  }

  private static boolean isWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  }
}
