package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.compiler.Installation;
import io.bitbuilder.hypervisor.compiler.PortableUnits;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.HostUnits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Generations of what the system repository puts on the host itself ({@code generations/system/}):
 * numbered directories that are never changed, a link to the one that counts, which
 * tenant-generator hands over, and what is to be remembered of them ({@code standing.json}). Images
 * lie beside them under the ids of their content, for they are large, and a new generation mostly
 * has those of the one before it. All of it is root's.
 */
public final class HostStore {
  private final Disk disk;
  private final Path top;
  private final Path standing;
  private final Path images;

  /**
   * Opens the store, which need not exist.
   *
   * @param root /var/lib/bitbuilder
   */
  public HostStore(Path root) {
    this(root, Disk.LOCAL);
  }

  HostStore(Path root, Disk disk) {
    this.disk = disk;
    this.top = root.resolve("generations/system");
    this.standing = top.resolve("standing.json");
    this.images = top.resolve("images");
  }

  /**
   * What is remembered.
   *
   * @param commit of the system repository that was verified and carried out last
   * @param flight the change that is under way
   * @param refused the commit that was tried last and taken back
   */
  public record Standing(
      Optional<CommitId> commit, Optional<Flight> flight, Optional<Refusal> refused) {
    /** Before the first. */
    public static final Standing NONE =
        new Standing(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * A change under way.
   *
   * @param from number of the generation that counted, 0 for none
   * @param commit the new one was made from
   * @param attempts how often it was begun
   */
  public record Flight(int from, int to, CommitId commit, int attempts) {}

  /** A commit that is not tried again, and why. */
  public record Refusal(CommitId commit, int generation, String reason) {}

  /**
   * A generation.
   *
   * @param signer of the commit, for people
   * @param declared what the commit has
   * @param unpacked units that images of portable services brought, and their drop-ins
   */
  public record Made(
      int number,
      CommitId commit,
      String signer,
      HostUnits declared,
      SortedMap<String, String> unpacked) {
    public Made {
      unpacked = Collections.unmodifiableSortedMap(new TreeMap<>(unpacked));
    }

    /** With all units systemd is given. */
    public HostUnits units() {
      return PortableUnits.with(declared, unpacked);
    }
  }

  /** What is remembered; a damaged file is never taken for an empty one. */
  public Standing standing() throws IOException {
    Optional<String> text = Durable.read(standing);
    if (text.isEmpty()) {
      return Standing.NONE;
    }
    try {
      Fields fields = new Fields(Json.parseObject(text.get()));
      Optional<CommitId> commit =
          Optional.of(fields.text("commit", "")).filter(CommitId::isValid).map(CommitId::new);
      return new Standing(
          commit,
          fields.has("flight") ? Optional.of(flight(fields.object("flight"))) : Optional.empty(),
          fields.has("refused")
              ? Optional.of(refusal(fields.object("refused")))
              : Optional.empty());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IOException(standing + " is damaged: " + e.getMessage(), e);
    }
  }

  private static Flight flight(Fields fields) {
    return new Flight(
        Math.toIntExact(fields.number("from")),
        Math.toIntExact(fields.number("to")),
        new CommitId(fields.text("commit")),
        Math.toIntExact(fields.number("attempts")));
  }

  private static Refusal refusal(Fields fields) {
    return new Refusal(
        new CommitId(fields.text("commit")),
        Math.toIntExact(fields.number("generation")),
        fields.text("reason"));
  }

  /** Remembers. */
  public void write(Standing now) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("version", 1L);
    map.put("commit", now.commit().map(CommitId::value).orElse(""));
    now.flight()
        .ifPresent(flight -> {
          Map<String, Object> value = new LinkedHashMap<>();
          value.put("from", (long) flight.from());
          value.put("to", (long) flight.to());
          value.put("commit", flight.commit().value());
          value.put("attempts", (long) flight.attempts());
          map.put("flight", value);
        });
    now.refused()
        .ifPresent(refused -> {
          Map<String, Object> value = new LinkedHashMap<>();
          value.put("commit", refused.commit().value());
          value.put("generation", (long) refused.generation());
          value.put("reason", refused.reason());
          map.put("refused", value);
        });
    Durable.ensureDirectory(disk, top);
    Durable.replace(disk, standing, Json.pretty(map));
  }

  /** The number of the generation that counts, 0 for none. */
  public int current() throws IOException {
    Path link = top.resolve("current");
    return Files.isSymbolicLink(link)
        ? Selections.number(Files.readSymbolicLink(link).toString()).orElse(0)
        : 0;
  }

  /** A generation; empty for 0. */
  public Optional<Made> generation(int number) throws IOException {
    if (number == 0) {
      return Optional.empty();
    }
    Path directory = top.resolve(String.valueOf(number));
    try {
      Fields fields =
          new Fields(Json.parseObject(Files.readString(directory.resolve("manifest.json"))));
      SortedMap<String, String> units = texts(directory.resolve("units"));
      SortedMap<String, String> unpacked = new TreeMap<>();
      for (String path : fields.has("unpacked") ? fields.texts("unpacked") : List.<String>of()) {
        Optional.ofNullable(units.remove(path)).ifPresent(text -> unpacked.put(path, text));
      }
      return Optional.of(
          new Made(
              number,
              new CommitId(fields.text("commit")),
              fields.text("signer"),
              new HostUnits(
                  units,
                  texts(directory.resolve("generators")),
                  ids(directory.resolve("extensions"))),
              unpacked));
    } catch (IllegalArgumentException e) {
      throw new IOException(directory + " is damaged: " + e.getMessage(), e);
    }
  }

  private static SortedMap<String, String> texts(Path directory) throws IOException {
    SortedMap<String, String> texts = new TreeMap<>();
    for (String name : Durable.names(directory)) {
      Path path = directory.resolve(name);
      if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        texts.put(name, Files.readString(path));
      } else if (name.endsWith(".d")) {
        for (String dropIn : Durable.names(path)) {
          if (!Files.isSymbolicLink(path.resolve(dropIn))) {
            texts.put(name + "/" + dropIn, Files.readString(path.resolve(dropIn)));
          }
        }
      }
    }
    return texts;
  }

  private static SortedMap<String, String> ids(Path directory) throws IOException {
    SortedMap<String, String> ids = new TreeMap<>();
    for (String name : Durable.names(directory)) {
      String image = Files.readSymbolicLink(directory.resolve(name)).toString();
      int dash = image.indexOf('-');
      if (dash < 0) {
        throw new IOException(directory.resolve(name) + " is damaged: it leads to " + image);
      }
      ids.put(name, image.substring(image.lastIndexOf('/') + 1, dash));
    }
    return ids;
  }

  /** Gives images, which are not held. */
  @FunctionalInterface
  public interface Images {
    /** Writes the one of this name. */
    void write(String name, OutputStream into) throws IOException;
  }

  /**
   * Keeps the images of a generation that is to be made.
   *
   * @return where they are, by name
   */
  public SortedMap<String, Path> keep(HostUnits units, Images given) throws IOException {
    Durable.ensureDirectory(disk, top);
    SortedMap<String, Path> kept = new TreeMap<>();
    for (Map.Entry<String, String> image : units.images().entrySet()) {
      image(image(image), out -> given.write(image.getKey(), out));
      kept.put(image.getKey(), images.resolve(image(image)));
    }
    return kept;
  }

  /**
   * Makes a generation, which does not count yet, of images that are kept.
   *
   * @return its number
   */
  public int add(
      HostUnits units, PortableUnits portable, CommitId commit, String signer, Instant now)
      throws IOException {
    HostUnits all = PortableUnits.with(units, portable.files());
    int number = numbers().stream().mapToInt(Integer::intValue).max().orElse(0) + 1;
    Path unfinished = top.resolve(Durable.UNFINISHED + number);
    Durable.deleteTree(disk, unfinished);
    disk.makeDirectory(unfinished);
    fill(unfinished.resolve("units"), all.units(), false);
    fill(unfinished.resolve("generators"), units.generators(), true);
    SortedMap<String, String> links = Installation.links(all);
    links.putAll(portable.links());
    for (Map.Entry<String, String> link : links.entrySet()) {
      Path path = unfinished.resolve("units").resolve(link.getKey());
      Durable.ensureDirectory(disk, Durable.parent(path));
      disk.link(path, link.getValue());
    }
    disk.makeDirectory(unfinished.resolve("extensions"));
    for (Map.Entry<String, String> image : units.images().entrySet()) {
      disk.link(
          unfinished.resolve("extensions").resolve(image.getKey()), "../../images/" + image(image));
    }
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("version", 1L);
    manifest.put("commit", commit.value());
    manifest.put("signer", signer);
    manifest.put("createdAt", now.toString());
    if (!portable.files().isEmpty()) {
      manifest.put("unpacked", List.copyOf(portable.files().keySet()));
    }
    disk.write(
        unfinished.resolve("manifest.json"),
        Json.pretty(manifest).getBytes(StandardCharsets.UTF_8),
        false);
    disk.sync(unfinished.resolve("manifest.json"));
    disk.sync(unfinished);
    disk.rename(unfinished, top.resolve(String.valueOf(number)));
    disk.sync(top);
    return number;
  }

  /** The name of an image, by which systemd calls it when it says what is wrong with it. */
  private static String image(Map.Entry<String, String> image) {
    return image.getValue() + "-" + image.getKey();
  }

  private void image(String name, Disk.Filling filling) throws IOException {
    Path image = images.resolve(name);
    if (Files.exists(image, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Durable.ensureDirectory(disk, images);
    Path unfinished = images.resolve(Durable.UNFINISHED + name);
    disk.delete(unfinished);
    disk.fill(unfinished, filling);
    disk.sync(unfinished);
    disk.rename(unfinished, image);
    disk.sync(images);
  }

  private void fill(Path directory, SortedMap<String, String> texts, boolean executable)
      throws IOException {
    disk.makeDirectory(directory);
    for (Map.Entry<String, String> text : texts.entrySet()) {
      Path file = directory.resolve(text.getKey());
      Durable.ensureDirectory(disk, Durable.parent(file));
      disk.write(file, text.getValue().getBytes(StandardCharsets.UTF_8), executable);
      disk.sync(file);
    }
  }

  /** Lets a generation count: one rename. */
  public void select(int number) throws IOException {
    Path link = top.resolve("current");
    if (number == 0) {
      disk.delete(link);
    } else {
      Path unfinished = top.resolve(Durable.UNFINISHED + "current");
      disk.delete(unfinished);
      disk.link(unfinished, String.valueOf(number));
      disk.rename(unfinished, link);
    }
    disk.sync(top);
  }

  /**
   * Deletes all but the newest and the one that counts, images of neither, and what was left
   * unfinished.
   */
  public void prune(int kept) throws IOException {
    for (String name : Durable.names(top)) {
      if (name.startsWith(Durable.UNFINISHED)) {
        Durable.deleteTree(disk, top.resolve(name));
      }
    }
    List<Integer> numbers = numbers();
    int current = current();
    for (int number : numbers.subList(0, Math.max(0, numbers.size() - kept))) {
      if (number != current) {
        Durable.retire(disk, top.resolve(String.valueOf(number)));
      }
    }
    Set<String> used = new HashSet<>();
    for (int number : numbers()) {
      for (Map.Entry<String, String> one : ids(top.resolve(number + "/extensions")).entrySet()) {
        used.add(image(one));
      }
    }
    for (String name : Durable.names(images)) {
      if (!used.contains(name)) {
        disk.delete(images.resolve(name));
      }
    }
  }

  private List<Integer> numbers() {
    return Durable.names(top).stream()
        .flatMap(name -> Selections.number(name).stream().boxed())
        .sorted()
        .toList();
  }
}
