package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.Signer;
import io.bitbuilder.hypervisor.model.Signer.Role;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import io.bitbuilder.hypervisor.signature.Parsed;
import io.bitbuilder.hypervisor.signature.SshKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who signs: the list {@code signers} of the registry, and the keys host.yaml names. */
final class SignerKeys {
  /** A public key of ssh, or the fingerprint of a certificate. */
  static final Scalar<String> KEY =
      Scalar.ofText(
          "signing key",
          "a public key as ssh-keygen writes it (ssh-ed25519 AAAA…), or openpgp: and the fingerprint"
              + " of a certificate",
          Map.of(
              "type",
              "string",
              "pattern",
              "^(openpgp:[0-9a-f]{40}([0-9a-f]{24})?|[a-z0-9@.-]+ [A-Za-z0-9+/]+=*( .*)?)$"),
          (text, node, reading) -> {
            if (text.startsWith(Signer.OPENPGP)) {
              if (text.substring(Signer.OPENPGP.length()).matches("[0-9a-f]{40}([0-9a-f]{24})?")) {
                return text;
              }
              reading.error(
                  Code.BB204,
                  node,
                  Quote.quote(text) + " is not the fingerprint of a certificate",
                  "openpgp: and 40 or 64 of 0-9 and a-f",
                  "gpg --list-keys --with-colons prints it in the line fpr; write it in lowercase");
              return null;
            }
            if (!Types.isPrintable(text)) {
              reading.error(
                  Code.BB211,
                  node,
                  Quote.quote(text) + " holds characters that cannot be shown",
                  "a line such as `ssh-ed25519 AAAA… alice`",
                  "remove line ends and control characters");
              return null;
            }
            return switch (SshKey.parse(text)) {
              case Parsed.Accepted<SshKey> _ -> text;
              case Parsed.Refused<SshKey> refused -> {
                reading.error(
                    Code.BB204,
                    node,
                    Quote.quote(text) + " is not a public key: " + refused.sentence(),
                    "a line such as `ssh-ed25519 AAAA… alice`",
                    "ssh-keygen -t ed25519 makes a pair; the line is in the file that ends in .pub");
                yield null;
              }
            };
          });

  private static final Scalar<LocalDate> DATE =
      Scalar.ofText(
          "date",
          "a day, as in 2026-12-31",
          Map.of("type", "string", "format", "date"),
          (text, node, reading) -> {
            try {
              return LocalDate.parse(text);
            } catch (DateTimeException _) {
              reading.error(
                  Code.BB204,
                  node,
                  Quote.quote(text) + " is not a day",
                  "a day, as in 2026-12-31",
                  "");
              return null;
            }
          });

  private static final Key<String> NAME =
      Key.of("name", Vocabulary.SIGNER, LIVE, "By which tenants' `signers` name them.").mandatory();
  private static final Key<List<String>> KEYS =
      Key.of(
              "keys",
              new ListOf<>(KEY),
              LIVE,
              "Their keys. The certificate of `openpgp:FINGERPRINT` is in the file"
                  + " keys/FINGERPRINT.openpgp of the system repository, or among the host's own"
                  + " (voa).")
          .mandatory();
  private static final Key<List<Role>> ROLES =
      Key.of(
          "roles",
          new ListOf<>(
              Types.choice(
                  Types.words(List.of("vouch", "operate"), List.of(Role.VOUCH, Role.OPERATE)),
                  Set.of())),
          LIVE,
          "What they may do beside signing commits of tenants that name them. `vouch`: answer for"
              + " other people's history, by signing a merge or a commit with the line"
              + " `Vouch: history`. `operate`: sign commits of the system repository after the one"
              + " that gives them this role.");
  private static final Key<LocalDate> FROM =
      Key.of("from", DATE, LIVE, "The first day (UTC) their signatures count.");
  private static final Key<LocalDate> UNTIL =
      Key.of("until", DATE, LIVE, "The last day (UTC) their signatures count.");
  private static final Key<Boolean> REVOKED =
      Key.of(
              "revoked",
              Types.BOOLEAN,
              LIVE,
              "True: none of their signatures counts, whenever it was made.")
          .or(false, "false");

  static final Shape SHAPE = Shape.of("a signer", NAME, KEYS, ROLES, FROM, UNTIL, REVOKED);

  private SignerKeys() {}

  /** The signers; findings for names and keys that are there twice. */
  static List<Signer> read(List<Values> signers) {
    Map<String, Values> names = new HashMap<>();
    Map<String, String> owners = new HashMap<>();
    for (Values signer : signers) {
      String name = signer.get(NAME);
      if (names.putIfAbsent(name, signer) != null) {
        signer
            .reading()
            .add(
                Code.BB305,
                signer.at(NAME),
                "signer " + Quote.quote(name) + " is declared twice",
                "every name once",
                "put all keys of one signer into one list");
      }
      for (String key : signer.list(KEYS)) {
        String owner = owners.putIfAbsent(material(key), name);
        if (owner != null) {
          signer
              .reading()
              .add(
                  Code.BB305,
                  signer.at(KEYS),
                  "a key of " + Quote.quote(name) + " is also one of " + Quote.quote(owner),
                  "every key once",
                  "");
        }
      }
    }
    return signers.stream().map(SignerKeys::signer).toList();
  }

  /** A key without what is written beside it. */
  private static String material(String key) {
    String[] words = key.split(" ", 3);
    return words.length < 2 ? key : words[0] + " " + words[1];
  }

  private static Signer signer(Values signer) {
    return new Signer(
        signer.get(NAME),
        signer.list(KEYS),
        Set.copyOf(signer.list(ROLES)),
        signer.find(FROM).map(SignerKeys::begin),
        signer.find(UNTIL).map(day -> begin(day.plusDays(1))),
        signer.get(REVOKED));
  }

  private static Instant begin(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
