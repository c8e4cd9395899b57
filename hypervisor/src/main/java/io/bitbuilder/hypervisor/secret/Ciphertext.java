package io.bitbuilder.hypervisor.secret;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a file {@code credentials/<name>.cred} holds. Only {@link #text} gives it away: it is in no
 * message, and its own words are none of the file's.
 */
public final class Ciphertext {
  /** Bytes a file may have. */
  public static final int LIMIT = 1 << 20;

  /** The first line of a sealed file. */
  public static final String SEALED = "bitbuilder-sealed 1";

  private static final int HOSTS = 64;

  /** Four sizes after the kind, then at least a nonce and a tag of AES-256-GCM. */
  private static final int HOST_MINIMUM = 16 + 16 + 12 + 16;

  /** How systemd 262 marks what a host encrypted with its own key, its TPM or both. */
  private static final Set<String> KINDS =
      Set.of(
          "5a1c6a86df9d4096b1d5a65e0862f19a",
          "0c7cc07b117645919c4b0bea08bc20fe",
          "faf7eb9341e3412ca1a436f95a29362f",
          "93a894094874449090caf2fc93cab553",
          "af4950a849134eb1a73846304ff30c05");

  /** The same for one user of the host, whom no guest is. */
  private static final Set<String> SCOPED =
      Set.of(
          "55b9ed1d38594d43a8319d2ebb332ac6",
          "ef4ac13679a9480ea7db68897f9f165d",
          "adbc4ca3efb64201ba881b6f2e4095ea");

  /** And with no key at all, which all can read. */
  private static final String KEYLESS = "058469daf6f54324800549da0f8ea2fb";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern KEY_ID = Pattern.compile("[0-9a-f]{16}");

  private final Form form;
  private final String text;
  private final Map<String, String> parts;

  private Ciphertext(Form form, String text, Map<String, String> parts) {
    this.form = form;
    this.text = text;
    this.parts = parts;
  }

  /** Who can open it. */
  public enum Form {
    /** The one host that encrypted it, by systemd-creds(1). */
    HOST,
    /** The hosts whose public keys it was sealed for. */
    SEALED
  }

  /** A file that was read. */
  public sealed interface Parsed {
    /** It is a ciphertext. */
    record Read(Ciphertext ciphertext) implements Parsed {}

    /**
     * It is none.
     *
     * @param reason for people, without a byte of the file
     */
    record Refused(String reason) implements Parsed {}
  }

  /**
   * Reads a file of at most {@link #LIMIT} bytes. White space around lines is let go; what {@link
   * #text} gives is read as the same again.
   */
  public static Parsed parse(byte[] bytes) {
    if (bytes.length > LIMIT) {
      return new Parsed.Refused("it has more than " + LIMIT + " bytes");
    }
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<String> lines = text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    if (lines.isEmpty()) {
      return new Parsed.Refused("it is empty");
    }
    return lines.getFirst().startsWith("bitbuilder-sealed") ? sealed(lines) : host(lines, text);
  }

  private static Parsed sealed(List<String> lines) {
    if (!lines.getFirst().equals(SEALED)) {
      return new Parsed.Refused("it is sealed in a way this version does not know");
    }
    if (lines.size() < 2 || lines.size() > HOSTS + 1) {
      return new Parsed.Refused("it is sealed for no host, or for more than " + HOSTS);
    }
    Map<String, String> parts = new LinkedHashMap<>();
    for (int i = 1; i < lines.size(); i++) {
      String[] words = lines.get(i).split(" ", -1);
      if (words.length != 2
          || !KEY_ID.matcher(words[0]).matches()
          || decode(words[1]).filter(bytes -> bytes.length > Sealing.OVERHEAD).isEmpty()) {
        return new Parsed.Refused("line " + (i + 1) + " is not a key id and what is sealed for it");
      }
      if (parts.putIfAbsent(words[0], words[1]) != null) {
        return new Parsed.Refused("line " + (i + 1) + " is for a host that has one already");
      }
    }
    return new Parsed.Read(
        new Ciphertext(Form.SEALED, String.join("\n", lines) + "\n", Map.copyOf(parts)));
  }

  private static Parsed host(List<String> lines, String text) {
    if (text.contains("PRIVATE KEY")) {
      return new Parsed.Refused("it looks like a private key in the clear");
    }
    if (lines.getFirst().startsWith("SetCredentialEncrypted=")) {
      return new Parsed.Refused("it is a line for a unit file: leave out --pretty");
    }
    String joined = String.join("", lines);
    Optional<byte[]> bytes = decode(joined);
    if (bytes.isEmpty()) {
      return new Parsed.Refused("it is no ciphertext, and may be the secret in the clear");
    }
    String kind = HexFormat.of().formatHex(bytes.get(), 0, Math.min(16, bytes.get().length));
    if (kind.equals(KEYLESS)) {
      return new Parsed.Refused("it is encrypted without a key, so that all can read it");
    }
    if (SCOPED.contains(kind)) {
      return new Parsed.Refused("it is encrypted for one user of a host: leave out --user");
    }
    if (!KINDS.contains(kind) || bytes.get().length <= HOST_MINIMUM) {
      return new Parsed.Refused("it is base64 but no ciphertext, and may be the secret itself");
    }
    return new Parsed.Read(new Ciphertext(Form.HOST, joined + "\n", Map.of()));
  }

  /** Whether a text may be the name of a credential: that of a file, without its suffix. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** Bytes in base64 written in the one way there is. */
  private static Optional<byte[]> decode(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      return Base64.getEncoder().encodeToString(bytes).equals(text)
          ? Optional.of(bytes)
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /**
   * A file sealed for some hosts.
   *
   * @param parts what is sealed for each, at least one
   * @throws IllegalArgumentException when it would be larger than {@link #LIMIT}, or is for one
   *     host twice
   */
  public static Ciphertext of(Map<HostKey, byte[]> parts) {
    List<String> lines = new ArrayList<>(List.of(SEALED));
    parts.forEach(
        (key, sealed) -> lines.add(key.id() + " " + Base64.getEncoder().encodeToString(sealed)));
    byte[] text = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII);
    return switch (parse(text)) {
      case Parsed.Read(Ciphertext ciphertext) -> ciphertext;
      case Parsed.Refused(String reason) -> throw new IllegalArgumentException(reason);
    };
  }

  /** Who can open it. */
  public Form form() {
    return form;
  }

  /** What is sealed for a host; empty when nothing is, or in the other form. */
  public Optional<byte[]> part(String keyId) {
    return Optional.ofNullable(parts.get(keyId)).map(Base64.getDecoder()::decode);
  }

  /** The content of the file: ASCII, ending in a line feed. */
  public String text() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ciphertext that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Says nothing of it, for what is printed is printed by accident. */
  @Override
  public String toString() {
    return "secret";
  }
}
