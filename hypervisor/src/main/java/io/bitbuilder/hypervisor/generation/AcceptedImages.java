package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What publishers signed of the images of the catalogue, by address, as it was accepted last
 * ({@code accepted-images.json}). It is root's; whoever fetches cannot change it.
 */
public final class AcceptedImages {
  private final Path file;
  private final Disk disk;

  /**
   * Opens the file, which need not exist.
   *
   * @param root /var/lib/bitbuilder
   */
  public AcceptedImages(Path root) {
    this(root, Disk.LOCAL);
  }

  AcceptedImages(Path root, Disk disk) {
    this.file = root.resolve("accepted-images.json");
    this.disk = disk;
  }

  /**
   * One image.
   *
   * @param signer the key that signed, for people
   * @param offer the list and its signature, to be verified again whenever it is to count
   * @param former digests of lists that were accepted before this one, the newest first
   */
  public record Image(String sha256, String signer, String offer, List<String> former) {
    /** Keeps its own list; refuses digests that are none. */
    public Image {
      Admission.digest(sha256);
      former = List.copyOf(former);
      former.forEach(Admission::digest);
    }
  }

  /**
   * What was accepted.
   *
   * @throws IOException when the file is damaged: never taken for empty
   */
  public SortedMap<String, Image> read() throws IOException {
    Optional<String> text = Durable.read(file);
    try {
      return text.isEmpty()
          ? new TreeMap<>()
          : images(new Fields(Json.parseObject(text.get())).object("images"));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  /** Replaces all; nothing is written when they are the same. */
  public void write(SortedMap<String, Image> images) throws IOException {
    if (images.equals(read())) {
      return;
    }
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("version", 1L);
    map.put("images", json(images));
    Durable.replace(disk, file, Json.pretty(map));
  }

  static Map<String, Object> json(SortedMap<String, Image> images) {
    Map<String, Object> all = new LinkedHashMap<>();
    images.forEach((url, image) -> {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("sha256", image.sha256());
      map.put("signer", image.signer());
      map.put("offer", image.offer());
      map.put("former", image.former());
      all.put(url, map);
    });
    return all;
  }

  static SortedMap<String, Image> images(Fields all) {
    SortedMap<String, Image> images = new TreeMap<>();
    for (String url : all.map().keySet()) {
      Fields one = all.object(url);
      images.put(
          url,
          new Image(
              one.text("sha256"), one.text("signer"), one.text("offer"), one.texts("former")));
    }
    return Collections.unmodifiableSortedMap(images);
  }
}
