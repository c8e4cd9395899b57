package io.bitbuilder.hypervisor.host;

import io.bitbuilder.hypervisor.document.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** systemd-portabled, which mounts images and reads them (org.freedesktop.portable1(5)). */
final class Portabled {
  private static final String NAME = "org.freedesktop.portable1";
  private static final String OBJECT = "/org/freedesktop/portable1";
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Commands commands;

  Portabled(Commands commands) {
    this.commands = commands;
  }

  /** Its method GetImageMetadata. */
  SortedMap<String, String> units(Path image, String prefix) throws IOException {
    Commands.Result result =
        call(NAME + ".Manager", "GetImageMetadata", "sas", image.toString(), "1", prefix);
    if (!result.ok()) {
      String said = result.err().strip();
      if (result.timedOut() || !call("org.freedesktop.DBus.Peer", "Ping").ok()) {
        throw new IOException("systemd-portabled cannot be asked: " + said);
      }
      throw new Systemd.NotPortable(said.replaceFirst("^Call failed: ", ""));
    }
    try {
      return parsed(result.out());
    } catch (IllegalArgumentException e) {
      throw new Systemd.NotPortable("its units are too large, or no text");
    }
  }

  private Commands.Result call(String interfaceName, String... method) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of("busctl", "--json=short", "--timeout=" + LIMIT.toSeconds(), "call", NAME));
    words.add(OBJECT);
    words.add(interfaceName);
    words.addAll(List.of(method));
    return commands.run(words, LIMIT.plusSeconds(10));
  }

  /** {@code {"data": [path, os-release, {unit: bytes}]}}. */
  private static SortedMap<String, String> parsed(String json) {
    List<?> data = Values.list(Json.parseObject(json), "data");
    if (data.size() < 3) {
      throw new IllegalArgumentException("not an answer");
    }
    SortedMap<String, String> units = new TreeMap<>();
    Values.map(data.get(2)).forEach((unit, bytes) -> units.put(unit, text(bytes)));
    return units;
  }

  private static String text(@Nullable Object value) {
    List<?> numbers = value instanceof List<?> list ? list : List.of();
    byte[] bytes = new byte[numbers.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = numbers.get(i) instanceof Long number ? number.byteValue() : 0;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("not UTF-8", e);
    }
  }
}
