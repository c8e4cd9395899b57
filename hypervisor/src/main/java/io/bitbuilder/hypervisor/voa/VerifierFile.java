package io.bitbuilder.hypervisor.voa;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A certificate or key as it lies in a load path.
 *
 * @param technology it is of
 * @param name of its file, made from its content
 * @param text its file: armor, or one line; one character for each byte (ISO-8859-1)
 */
public record VerifierFile(Technology technology, String name, String text) {
  /** What a file somebody gives us has in it. */
  public sealed interface Result {
    /** One verifier. */
    record Recognised(VerifierFile file) implements Result {}

    /**
     * None that may be put into a load path.
     *
     * @param sentence why; the file is its subject
     */
    record Refused(String sentence) implements Result {}
  }

  /**
   * The verifier of a file: an OpenPGP certificate, with or without armor, or an SSH public key.
   * What is around it is left out.
   *
   * @throws IOException when there is no such file
   */
  public static Result read(Path path) throws IOException {
    Path real = path.toRealPath();
    if (!Files.isRegularFile(real)) {
      return new Result.Refused("is no regular file");
    }
    return switch (Bounded.read(real)) {
      case Bounded.Outcome.Broken(_, var sentence) -> new Result.Refused(sentence);
      case Bounded.Outcome.Text(var text) -> recognise(text);
    };
  }

  /**
   * The verifier in a text.
   *
   * @param text one character for each byte (ISO-8859-1)
   */
  public static Result recognise(String text) {
    if (text.contains("PRIVATE KEY-----") || text.contains("-----BEGIN PGP PRIVATE KEY BLOCK")) {
      return new Result.Refused("has a private key");
    }
    boolean binary = !text.isEmpty() && text.getBytes(ISO_8859_1)[0] < 0;
    if (binary || text.contains("-----BEGIN PGP ")) {
      return switch (binary ? Certificates.binary(text) : Certificates.armored(text)) {
        case Certificates.Found.Certificate(_, var fingerprint, var armored) ->
            new Result.Recognised(
                new VerifierFile(Technology.OPENPGP, fingerprint + ".openpgp", armored));
        case Certificates.Found.None(var sentence) -> new Result.Refused(sentence);
      };
    }
    return switch (SshKeys.read(text)) {
      case SshKeys.Found.Key(var fingerprint, var line) ->
          new Result.Recognised(new VerifierFile(Technology.SSH, fingerprint + ".pub", line));
      case SshKeys.Found.None(var sentence) -> new Result.Refused(sentence);
    };
  }
}
