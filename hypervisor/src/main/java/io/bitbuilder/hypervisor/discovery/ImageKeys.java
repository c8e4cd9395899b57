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

  private static final Scalar<String> PIN =
      Scalar.ofText(
          "digest",
          "sha256: and 64 hexadecimal digits in lower case",
          Map.of("type", "string", "pattern", "^(signature|sha256:[0-9a-f]{64})$"),
          (text, node, reading) -> {
            if (text.equals("signature")) {
              reading.error(
                  Code.BB212,
                  node,
                  "`verify: signature` is not supported by this version",
                  "sha256: and 64 hexadecimal digits",
                  "pin the digest: the first word sha256sum prints for the file");
              return null;
            }
            String digits = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : "";
            if (digits.length() == 64
                && digits.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
              return digits;
            }
            reading.error(
                Code.BB204,
                node,
                Quote.quote(text) + " is not a digest",
                "sha256: and 64 hexadecimal digits in lower case",
                "");
            return null;
          });

  private static final Key<String> URL =
      Key.of("url", Addresses.DOWNLOAD, LIVE, "Where it is.").mandatory();
  private static final Key<String> VERIFY =
      Key.of("verify", PIN, RESTART, "The digest it must have.").mandatory();
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

  static final Shape SHAPE = Shape.of("an image", URL, VERIFY, TYPE);

  private ImageKeys() {}

  static SortedMap<String, CatalogueImage> images(SortedMap<String, Values> read) {
    SortedMap<String, CatalogueImage> images = new TreeMap<>();
    read.forEach((name, values) ->
        images.put(
            name, new CatalogueImage(name, values.get(URL), values.get(VERIFY), values.get(TYPE))));
    return images;
  }
}
