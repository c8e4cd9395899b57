package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code selections/}: for each M a directory of links made from the numbered generations, and
 * {@code M.json}, the few bytes it is made from.
 *
 * <p>The links of a selection are not made durable one by one: that would be ten thousand fsyncs
 * for a thousand tenants. {@code M.json} and {@code current} are durable; the directory is synced
 * once, which on a journalling file system carries all that was done before it; and should a power
 * loss still leave a directory incomplete, {@link #recover} makes it again from {@code M.json}.
 */
final class Selections {
  /** The newest two stay: the current one and the one a reader may still be looking at. */
  private static final int KEPT = 2;

  private static final List<String> PARTS = List.of("units", "mounts");
  private static final String SHARED = "tenants.target.wants";

  private final Disk disk;
  private final Path top;
  private final Path selections;

  /** What was current last. Many ask for one tenant each, and a number never means another. */
  private volatile @Nullable Known known;

  private record Known(int number, SortedMap<TenantId, Integer> selection) {
    Known {
      selection = Collections.unmodifiableSortedMap(selection);
    }
  }

  Selections(Disk disk, Path top) {
    this.disk = disk;
    this.top = top;
    this.selections = top.resolve("selections");
  }

  SortedMap<TenantId, Integer> current() throws IOException {
    OptionalInt number = currentNumber();
    if (number.isEmpty()) {
      return Collections.emptySortedMap();
    }
    Known last = known;
    if (last == null || last.number() != number.getAsInt()) {
      last = new Known(number.getAsInt(), read(number.getAsInt()));
      known = last;
    }
    return last.selection();
  }

  void select(SortedMap<TenantId, Integer> wanted) throws IOException {
    if (currentNumber().isPresent() && current().equals(wanted)) {
      return;
    }
    Durable.ensureDirectory(disk, selections);
    List<Integer> numbers = numbers();
    int number = numbers.isEmpty() ? 1 : numbers.getLast() + 1;
    Durable.replace(disk, selections.resolve(number + ".json"), toJson(wanted));
    build(number, wanted);
    Path unfinished = top.resolve(Durable.UNFINISHED + "current");
    disk.delete(unfinished);
    disk.link(unfinished, "selections/" + number);
    disk.rename(unfinished, top.resolve("current"));
    disk.sync(top);
  }

  private void build(int number, SortedMap<TenantId, Integer> wanted) throws IOException {
    Path unfinished = selections.resolve(Durable.UNFINISHED + number);
    Durable.deleteTree(disk, unfinished);
    disk.makeDirectory(unfinished);
    disk.makeDirectory(unfinished.resolve("tenants"));
    for (String part : PARTS) {
      disk.makeDirectory(unfinished.resolve(part));
    }
    disk.makeDirectory(unfinished.resolve("units").resolve(SHARED));
    Map<String, TenantId> taken = new HashMap<>();
    OptionalInt before = currentNumber();
    boolean onTop = before.isPresent() && before.getAsInt() != number;
    SortedMap<TenantId, Integer> same = onTop ? current() : Collections.emptySortedMap();
    Path previous = selections.resolve(String.valueOf(before.orElse(0)));
    for (Map.Entry<TenantId, Integer> entry : wanted.entrySet()) {
      TenantId tenant = entry.getKey();
      String generation = "tenants/" + tenant + "/" + entry.getValue();
      disk.link(unfinished.resolve("tenants").resolve(tenant.value()), "../../../" + generation);
      for (String part : PARTS) {
        Optional<Path> again =
            entry.getValue().equals(same.get(tenant))
                ? Optional.of(previous.resolve(part))
                : Optional.empty();
        Path from = top.resolve(generation).resolve(part);
        merge(tenant, from, unfinished.resolve(part), again, taken);
      }
    }
    disk.sync(unfinished);
    Path directory = selections.resolve(String.valueOf(number));
    Durable.deleteTree(disk, directory);
    disk.rename(unfinished, directory);
    disk.sync(selections);
  }

  /**
   * Links what one generation brings. A directory of drop-ins or wants is linked as a whole, since
   * systemd looks through such a link; only {@link #SHARED} is a directory all have entries in.
   */
  private void merge(
      TenantId tenant, Path from, Path into, Optional<Path> again, Map<String, TenantId> taken)
      throws IOException {
    for (String name : entries(from)) {
      TenantId other = taken.put(into.getFileName() + "/" + name, tenant);
      if (other != null) {
        throw new IllegalStateException(
            "tenants %s and %s both bring %s/%s"
                .formatted(other, tenant, into.getFileName(), name));
      }
      link(into.resolve(name), from.resolve(name), again.map(old -> old.resolve(name)));
    }
  }

  private static List<String> entries(Path from) {
    List<String> entries = new ArrayList<>(Durable.names(from));
    if (entries.remove(SHARED)) {
      Durable.names(from.resolve(SHARED)).forEach(name -> entries.add(SHARED + "/" + name));
    }
    return entries;
  }

  /**
   * A link that the selection before has already gets a second name: on a disk that is a tenth of
   * the work of a new link. Where that fails (too many names, not there), a new one is made.
   */
  private void link(Path link, Path from, Optional<Path> again) throws IOException {
    if (again.isPresent()) {
      try {
        disk.linkAgain(link, again.get());
        return;
      } catch (FileSystemException _) {
        disk.delete(link);
      }
    }
    disk.link(link, target(from));
  }

  /**
   * A file or directory is linked to; a wants link is repeated, for systemd reads where it points.
   */
  private static String target(Path from) throws IOException {
    return Files.isSymbolicLink(from) ? Files.readSymbolicLink(from).toString() : from.toString();
  }

  void recover() throws IOException {
    Durable.ensureDirectory(disk, selections);
    for (String name : Durable.names(selections)) {
      if (name.startsWith(Durable.UNFINISHED)) {
        Durable.deleteTree(disk, selections.resolve(name));
      }
    }
    OptionalInt number = currentNumber();
    if (number.isPresent() && !isComplete(number.getAsInt())) {
      SortedMap<TenantId, Integer> wanted = read(number.getAsInt());
      build(number.getAsInt(), wanted);
    }
  }

  private boolean isComplete(int number) throws IOException {
    Path directory = selections.resolve(String.valueOf(number));
    return Files.isDirectory(directory.resolve("units"))
        && Files.isDirectory(directory.resolve("mounts"))
        && Durable.names(directory.resolve("tenants"))
            .equals(read(number).keySet().stream().map(TenantId::value).toList());
  }

  /** The generations that kept selections name. */
  Set<Map.Entry<TenantId, Integer>> used() throws IOException {
    Set<Map.Entry<TenantId, Integer>> used = new HashSet<>();
    for (int number : numbers()) {
      read(number).forEach((tenant, generation) -> used.add(Map.entry(tenant, generation)));
    }
    return used;
  }

  /** Drops all but the current selection and the newest. */
  void prune() throws IOException {
    OptionalInt current = currentNumber();
    List<Integer> numbers = numbers();
    for (int number : numbers.subList(0, Math.max(0, numbers.size() - KEPT))) {
      if (current.isEmpty() || current.getAsInt() != number) {
        drop(number);
      }
    }
  }

  /** Drops the selections, never the current one, that name a tenant about to be forgotten. */
  void prune(TenantId tenant) throws IOException {
    for (int number : numbers()) {
      if (read(number).containsKey(tenant)) {
        drop(number);
      }
    }
  }

  private void drop(int number) throws IOException {
    Durable.retire(disk, selections.resolve(String.valueOf(number)));
    disk.delete(selections.resolve(number + ".json"));
  }

  private OptionalInt currentNumber() throws IOException {
    Path link = top.resolve("current");
    if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      return OptionalInt.empty();
    }
    return number(Files.readSymbolicLink(link).getFileName().toString());
  }

  private List<Integer> numbers() {
    List<Integer> numbers = new ArrayList<>();
    for (String name : Durable.names(selections)) {
      if (name.endsWith(".json")) {
        number(name.substring(0, name.length() - ".json".length())).ifPresent(numbers::add);
      }
    }
    Collections.sort(numbers);
    return numbers;
  }

  /** The number a directory is named by, without sign or leading zero. */
  static OptionalInt number(String name) {
    return name.matches("[1-9][0-9]{0,8}")
        ? OptionalInt.of(Integer.parseInt(name))
        : OptionalInt.empty();
  }

  private SortedMap<TenantId, Integer> read(int number) throws IOException {
    Path file = selections.resolve(number + ".json");
    SortedMap<TenantId, Integer> selection = new TreeMap<>();
    try {
      Fields fields = new Fields(Json.parseObject(Files.readString(file)));
      for (String tenant : fields.map().keySet()) {
        selection.put(new TenantId(tenant), Math.toIntExact(fields.number(tenant)));
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IOException("damaged file " + file + ": " + e.getMessage(), e);
    }
    return selection;
  }

  private static String toJson(SortedMap<TenantId, Integer> selection) {
    Map<String, Object> map = new LinkedHashMap<>();
    selection.forEach((tenant, number) -> map.put(tenant.value(), number));
    return Json.pretty(map);
  }
}
