package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.reconcile.HostSecret;
import io.bitbuilder.hypervisor.secret.Ciphertext;
import io.bitbuilder.hypervisor.secret.HostKey;
import io.bitbuilder.hypervisor.secret.Sealing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code bitbuilder secret}: secrets that lie in a tenant's repository as ciphertext. */
final class SecretVerb implements Verb {
  private static final String KEY = "key";
  private static final String ENCRYPT = "encrypt";

  @Override
  public Declaration declaration() {
    return new Declaration(
        "secret",
        "encrypt secrets for a tenant's repository",
        List.of(
            "A file credentials/NAME.cred in a tenant's repository is a secret that only the hosts"
                + " it was encrypted for can read. A container or machine of the tenant gets it when"
                + " its configuration names it under `credentials`.",
            "key prints the public key of this host. Root makes it at the first call. All may know"
                + " it: what is encrypted with it can be read by this host and by nobody else, not"
                + " even by whoever encrypted it.",
            "encrypt reads the secret from standard input, or from a file with --input, and prints"
                + " the content of the file. On a terminal what is typed is not shown, and ends with"
                + " the line; from anywhere else every byte counts, a line feed at the end too."
                + " --key says for which hosts, on any machine; without it, it is this host. The"
                + " result is bound to tenant and name: under others it does not open. Who has it"
                + " sees how long the secret is."),
        List.of(
            Declaration.Word.choice("COMMAND", List.of(KEY, ENCRYPT), "key or encrypt"),
            Declaration.Word.optional(
                "NAME", Declaration.Kind.FILE, "encrypt: what configurations call it")),
        List.of(
            Declaration.Option.value("tenant", "ID", "encrypt: the tenant it is of"),
            Declaration.Option.values(
                "key", "HOSTKEY", "encrypt: for the host with this public key; may be repeated"),
            Declaration.Option.value("input", "FILE", "encrypt: read the secret from a file")),
        List.of(
            new Declaration.Example("bitbuilder secret key", "the public key of this host"),
            new Declaration.Example(
                "bitbuilder secret encrypt --tenant=acme db >credentials/db.cred",
                "a secret for this host"),
            new Declaration.Example(
                "pwgen -s 32 1 | bitbuilder secret encrypt --tenant=acme --key=bitbuilder-host:… db",
                "a password nobody has seen, for another one")),
        Declaration.Group.WRITE,
        List.of("secret key [OPTION...]", "secret encrypt --tenant=ID [OPTION...] NAME"));
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    boolean encrypts = arguments.word(0).orElseThrow().equals(ENCRYPT);
    if (encrypts) {
      return encrypt(arguments, context);
    }
    if (arguments.words().size() > 1 || arguments.has("tenant") || arguments.has("input")) {
      return context.fail(
          ExitStatus.USAGE, "key takes no words and options", "see `bitbuilder help secret`");
    }
    HostKey key = new HostSecret(context.root(), context.host().cipher()).ensure();
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("key", key.toString());
      value.put("id", key.id());
      context.output().json(value);
    } else {
      context.output().line(key.toString());
    }
    return ExitStatus.DONE;
  }

  private static int encrypt(Arguments arguments, Context context) throws IOException {
    String tenant = arguments.option("tenant").orElse("");
    String name = arguments.word(1).orElse("");
    if (!TenantId.isValid(tenant) || !Ciphertext.isName(name)) {
      return context.fail(
          ExitStatus.USAGE,
          TenantId.isValid(tenant)
              ? "NAME has 1 to 128 letters, digits, . _ and -, and starts with a letter or digit"
              : "--tenant is the id of a tenant",
          "usage: bitbuilder secret encrypt --tenant=ID NAME");
    }
    Map<HostKey, byte[]> parts = new LinkedHashMap<>();
    for (String word : arguments.all("key")) {
      Optional<HostKey> key = HostKey.parse(word);
      if (key.isEmpty()) {
        // Not shown: somebody may have given the secret here.
        return context.fail(
            ExitStatus.USAGE,
            "what --key has is not the public key of a host",
            "`bitbuilder secret key` prints it there");
      }
      parts.put(key.get(), new byte[0]);
    }
    if (parts.isEmpty()) {
      Optional<HostKey> own = new HostSecret(context.root(), context.host().cipher()).publicKey();
      if (own.isEmpty()) {
        return context.fail(
            ExitStatus.USAGE,
            "there is no key to encrypt with",
            "give --key, or on a host make its key: `bitbuilder secret key`");
      }
      parts.put(own.get(), new byte[0]);
    }
    byte[] secret = read(arguments, context);
    try {
      if (secret.length == 0 || secret.length > Ciphertext.LIMIT) {
        return context.fail(
            ExitStatus.USAGE,
            secret.length == 0 ? "the secret is empty" : "the secret is too large",
            "");
      }
      parts.replaceAll((key, _) -> Sealing.seal(key, tenant, name, secret));
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
    Ciphertext ciphertext;
    try {
      ciphertext = Ciphertext.of(parts);
    } catch (IllegalArgumentException e) {
      return context.fail(
          ExitStatus.USAGE,
          "the secret is too large: of the file, " + Quote.escape(String.valueOf(e.getMessage())),
          "");
    }
    print("credentials/" + name + ".cred", ciphertext, arguments.json(), context.output());
    return ExitStatus.DONE;
  }

  private static byte[] read(Arguments arguments, Context context) throws IOException {
    Optional<String> file = arguments.option("input");
    if (file.isEmpty()) {
      return context
          .console()
          .secret(Ciphertext.LIMIT + 1, () -> context.output().progress("Secret, not shown:"));
    }
    try (InputStream in = Files.newInputStream(Path.of(file.get()))) {
      return in.readNBytes(Ciphertext.LIMIT + 1);
    }
  }

  private static void print(String path, Ciphertext ciphertext, boolean json, Output output) {
    if (json) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("path", path);
      value.put("text", ciphertext.text());
      output.json(value);
      return;
    }
    output.out().print(ciphertext.text());
    if (Files.exists(Path.of("metadata.json"))) {
      output.progress("This is " + path + " of the repository.");
    }
  }
}
