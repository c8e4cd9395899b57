package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;
import static io.bitbuilder.hypervisor.schema.Consequence.RESTART;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The keys of an image of the catalogue. */
final class ImageKeys {
  private static final String PREFIX = "sha256:";

  private static final String SIGNATURE = "signature";
  private static final String EXPECTED =
      "signature, or sha256: and 64 hexadecimal digits in lower case";

  /** The digest; empty where a signature says it. */
  private static final Scalar<String> PIN =
      Scalar.ofText(
          "digest or signature",
          EXPECTED,
          Map.of("type", "string", "pattern", "^(signature|sha256:[0-9a-f]{64})$"),
          (text, node, reading) -> {
            if (text.equals(SIGNATURE)) {
              return "";
            }
            String digits = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : "";
            if (digits.length() == 64
                && digits.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
              return digits;
            }
            reading.error(Code.BB204, node, Quote.quote(text) + " is no digest", EXPECTED, "");
            return null;
          });

  /** What stands in a file of variables without quoting (systemd.exec(5), EnvironmentFile=). */
  private static final Scalar<String> LINE =
      Types.text(
          "kernel command line",
          "at most 1024 of letters, digits, spaces and . _ , : ; = / @ + -",
          Code.BB204,
          Map.of("type", "string", "pattern", "^[A-Za-z0-9 ._,:;=/@+-]{0,1024}$"),
          text -> text.matches("[A-Za-z0-9 ._,:;=/@+-]{0,1024}"));

  private static final Key<String> URL =
      Key.of("url", Addresses.DOWNLOAD, LIVE, "Where it is.").mandatory();
  private static final Key<String> VERIFY =
      Key.of(
              "verify",
              PIN,
              RESTART,
              "The digest it must have, or that its publisher signs it: SHA256SUMS beside it, with a"
                  + " signature by a key for the purpose `image`. What they sign next replaces"
                  + " it.")
          .mandatory();
  private static final Key<Boolean> INTERNAL =
      Key.of(
              "internal",
              Types.BOOLEAN,
              LIVE,
              "Whether the name in `url` may stand for an internal address. One that is written as"
                  + " a number may be any.")
          .or(false, "false");
  private static final Key<CatalogueImage.Type> TYPE =
      Key.of(
              "type",
              Types.choice(
                  Types.words(
                      List.of("raw", "tar"),
                      List.of(CatalogueImage.Type.RAW, CatalogueImage.Type.TAR)),
                  Set.of()),
              RESTART,
              "What the file is: a disk image, or an archive of files.")
          .mandatory();

  private static final Shape FILE = Shape.of("a file", URL, VERIFY, INTERNAL);
  private static final Key<Values> KERNEL =
      Key.of(
          "kernel",
          FILE,
          RESTART,
          "The kernel of the image, for machines with `firmware: none`; with it comes `initrd`.");
  private static final Key<Values> INITRD =
      Key.of("initrd", FILE, RESTART, "The initrd that belongs to the kernel.");
  private static final Key<String> OPTIONS =
      Key.of("options", LINE, RESTART, "The kernel command line.").orElse("empty");

  static final Shape SHAPE =
      Shape.of("an image", URL, VERIFY, INTERNAL, TYPE, KERNEL, INITRD, OPTIONS);

  private ImageKeys() {}

  /** Reports a kernel without what belongs to it. */
  static void check(SortedMap<String, Values> read) {
    for (Values values : read.values()) {
      boolean kernel = values.has(KERNEL);
      if (kernel != values.has(INITRD)) {
        values
            .reading()
            .errorAtKey(
                Code.BB213,
                values.node(),
                kernel ? KERNEL.name() : INITRD.name(),
                "`kernel` and `initrd` come together",
                "both or none",
                "");
      }
      if (values.has(TYPE) && values.get(TYPE) == CatalogueImage.Type.TAR && kernel) {
        values
            .reading()
            .errorAtKey(
                Code.BB213,
                values.node(),
                KERNEL.name(),
                "an archive of files is no disk of a machine",
                "`type: raw` with a kernel",
                "remove `kernel` and `initrd`");
      }
    }
  }

  static SortedMap<String, CatalogueImage> images(SortedMap<String, Values> read) {
    SortedMap<String, CatalogueImage> images = new TreeMap<>();
    read.forEach((name, values) -> {
      images.put(name, image(name, values, values.get(TYPE), values.find(OPTIONS).orElse("")));
      values
          .find(KERNEL)
          .map(kernel -> image(name + CatalogueImage.KERNEL, kernel, CatalogueImage.Type.FILE, ""))
          .ifPresent(kernel -> images.put(kernel.name(), kernel));
      values
          .find(INITRD)
          .map(initrd -> image(name + CatalogueImage.INITRD, initrd, CatalogueImage.Type.FILE, ""))
          .ifPresent(initrd -> images.put(initrd.name(), initrd));
    });
    return images;
  }

  private static CatalogueImage image(
      String name, Values values, CatalogueImage.Type type, String options) {
    return new CatalogueImage(
        name, values.get(URL), values.get(VERIFY), type, options, values.get(INTERNAL));
  }
}
