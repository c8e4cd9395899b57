package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the publisher of an image offers: a list of digests, and a signature of it. Bytes as they
 * came; whoever asks what they say has verified them first.
 */
public final class Offer {
  /** The largest list taken, in bytes, and the largest signature. */
  public static final int LIST_LIMIT = 256 << 10;

  static final int SIGNATURE_LIMIT = 64 << 10;

  private static final int FILE_LIMIT = (LIST_LIMIT + SIGNATURE_LIMIT) * 2;

  private final String source;
  private final byte[] list;
  private final byte[] signature;

  /** Keeps the bytes as they are. */
  public Offer(String source, byte[] list, byte[] signature) {
    this.source = source;
    this.list = list.clone();
    this.signature = signature.clone();
  }

  /** The name of the list, as {@code SHA256SUMS}. */
  public String source() {
    return source;
  }

  /** The list. */
  public byte[] list() {
    return list.clone();
  }

  /** The signature; empty when there is none. */
  public byte[] signature() {
    return signature.clone();
  }

  /** The name an image has in a list: the last part of its address. */
  public static String fileName(CatalogueImage image) {
    String path = String.valueOf(URI.create(image.url()).getPath());
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** As a text of our own. */
  public String text() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("source", source);
    map.put("list", Base64.getEncoder().encodeToString(list));
    map.put("signature", Base64.getEncoder().encodeToString(signature));
    return Json.write(map) + "\n";
  }

  /** From such a text; empty when it is none. */
  public static Optional<Offer> read(String text) {
    try {
      Map<String, @Nullable Object> map = Json.parseObject(text);
      return map.get("source") instanceof String source
              && map.get("list") instanceof String list
              && map.get("signature") instanceof String signature
          ? Optional.of(
              new Offer(
                  source, Base64.getDecoder().decode(list), Base64.getDecoder().decode(signature)))
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /**
   * What was fetched for an image last.
   *
   * @param objects the directory objects/, in which whoever fetches may have put anything
   */
  public static Optional<Offer> fetched(Path objects, CatalogueImage image) {
    Path file = file(objects.resolve("images"), image);
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        byte[] bytes = in.readNBytes(FILE_LIMIT + 1);
        return bytes.length > FILE_LIMIT
            ? Optional.empty()
            : read(new String(bytes, StandardCharsets.US_ASCII));
      }
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  static Path file(Path images, CatalogueImage image) {
    return images.resolve(sha256(image.url().getBytes(StandardCharsets.UTF_8)) + ".signed");
  }

  /** Tells it from others; 64 hexadecimal digits. */
  String digest() {
    return sha256(text().getBytes(StandardCharsets.UTF_8));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Offer that
        && source.equals(that.source)
        && Arrays.equals(list, that.list)
        && Arrays.equals(signature, that.signature);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(list) * 31 + Arrays.hashCode(signature);
  }

  @Override
  public String toString() {
    return source + " of " + list.length + " bytes, signature of " + signature.length;
  }
}
