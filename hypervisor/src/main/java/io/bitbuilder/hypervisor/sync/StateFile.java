package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.model.CommitId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@link FetchState} as JSON. */
final class StateFile {
  private static final String NAME = "state.json";
  private static final long VERSION = 1;

  private StateFile() {}

  static FetchState read(Path objects) throws IOException {
    Path file = objects.resolve(NAME);
    String text;
    Instant time;
    try {
      text = Files.readString(file);
      time = Files.getLastModifiedTime(file).toInstant();
    } catch (NoSuchFileException _) {
      return FetchState.NONE;
    }
    try {
      Map<String, @Nullable Object> top = Json.parseObject(text);
      if (!Long.valueOf(VERSION).equals(top.get("version"))) {
        throw new IOException(file + " was written by another version");
      }
      SortedMap<String, FetchState.Repository> repositories = new TreeMap<>();
      object(top, "repositories")
          .forEach((scope, value) -> repositories.put(scope, repository(scope, map(value))));
      SortedMap<String, FetchState.Image> images = new TreeMap<>();
      object(top, "images").forEach((name, value) -> images.put(name, image(name, map(value))));
      return new FetchState(
          time,
          text(top, "inputs"),
          text(top, "registry"),
          Duration.ofMillis(top.get("maxAgeMillis") instanceof Long millis ? millis : 0),
          repositories,
          images);
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  /** When what is known was found; the epoch when nothing ever was. */
  static Instant time(Path objects) throws IOException {
    try {
      return Files.getLastModifiedTime(objects.resolve(NAME)).toInstant();
    } catch (NoSuchFileException _) {
      return FetchState.NONE.checkedAt();
    }
  }

  /** Replaces the file durably, or only its time when nothing else is new. */
  static void write(Path objects, FetchState before, FetchState after) throws IOException {
    Path file = objects.resolve(NAME);
    boolean same =
        after.inputs().equals(before.inputs())
            && after.registry().equals(before.registry())
            && after.maxAge().equals(before.maxAge())
            && after.repositories().equals(before.repositories())
            && after.images().equals(before.images());
    if (!same || !Files.exists(file)) {
      DurableFiles.replace(file, Json.pretty(json(after)));
    }
    Files.setLastModifiedTime(file, FileTime.from(after.checkedAt()));
  }

  private static Map<String, Object> json(FetchState state) {
    Map<String, Object> repositories = new LinkedHashMap<>();
    state.repositories().forEach((scope, repository) -> repositories.put(scope, json(repository)));
    Map<String, Object> images = new LinkedHashMap<>();
    state.images().forEach((name, image) -> images.put(name, json(image)));
    Map<String, Object> top = new LinkedHashMap<>();
    top.put("version", VERSION);
    top.put("inputs", state.inputs());
    top.put("registry", state.registry());
    top.put("maxAgeMillis", state.maxAge().toMillis());
    top.put("repositories", repositories);
    top.put("images", images);
    return top;
  }

  private static Map<String, Object> json(FetchState.Repository repository) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("url", repository.url());
    map.put("ref", repository.ref());
    if (!repository.directory().isEmpty()) {
      map.put("directory", repository.directory());
    }
    repository
        .tip()
        .ifPresent(tip -> {
          map.put("tip", tip.commit().value());
          map.put("author", tip.author());
          map.put("subject", tip.subject());
          map.put("committedAt", tip.committedAt().toString());
          map.put("fetchedAt", tip.fetchedAt().toString());
        });
    repository.failure().ifPresent(failure -> put(map, failure));
    repository.goneAt().ifPresent(time -> map.put("goneAt", time.toString()));
    return map;
  }

  private static Map<String, Object> json(FetchState.Image image) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("sha256", image.sha256());
    map.put("present", image.present());
    if (!image.offer().isEmpty()) {
      map.put("offer", image.offer());
    }
    image.failure().ifPresent(failure -> put(map, failure));
    return map;
  }

  private static void put(Map<String, Object> map, FetchState.Failure failure) {
    map.put("code", failure.code().name());
    map.put("error", failure.message());
    map.put("expected", failure.expected());
    map.put("help", failure.help());
    map.put("failures", (long) failure.count());
    map.put("since", failure.since().toString());
    map.put("retryAt", failure.retryAt().toString());
    map.put("offered", failure.offered());
  }

  private static FetchState.Repository repository(String scope, Map<String, @Nullable Object> map) {
    Optional<FetchState.Tip> tip =
        map.containsKey("tip")
            ? Optional.of(
                new FetchState.Tip(
                    new CommitId(text(map, "tip")),
                    text(map, "author"),
                    text(map, "subject"),
                    Instant.parse(
                        text(map, map.containsKey("committedAt") ? "committedAt" : "fetchedAt")),
                    Instant.parse(text(map, "fetchedAt"))))
            : Optional.empty();
    Optional<Instant> gone =
        map.containsKey("goneAt")
            ? Optional.of(Instant.parse(text(map, "goneAt")))
            : Optional.empty();
    return new FetchState.Repository(
        scope, text(map, "url"), text(map, "ref"), text(map, "directory"), tip, failure(map), gone);
  }

  private static FetchState.Image image(String name, Map<String, @Nullable Object> map) {
    return new FetchState.Image(
        name,
        text(map, "sha256"),
        Boolean.TRUE.equals(map.get("present")),
        text(map, "offer"),
        failure(map));
  }

  private static Optional<FetchState.Failure> failure(Map<String, @Nullable Object> map) {
    if (!map.containsKey("code")) {
      return Optional.empty();
    }
    long count = map.get("failures") instanceof Long number ? number : 1;
    return Optional.of(
        new FetchState.Failure(
            Code.valueOf(text(map, "code")),
            text(map, "error"),
            text(map, "expected"),
            text(map, "help"),
            (int) count,
            Instant.parse(text(map, "since")),
            Instant.parse(text(map, "retryAt")),
            text(map, "offered")));
  }

  private static String text(Map<String, @Nullable Object> map, String key) {
    return map.get(key) instanceof String text ? text : "";
  }

  private static Map<String, @Nullable Object> object(
      Map<String, @Nullable Object> map, String key) {
    return map(map.get(key));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map
        ? (Map<String, @Nullable Object>) map
        : new LinkedHashMap<>();
  }
}
