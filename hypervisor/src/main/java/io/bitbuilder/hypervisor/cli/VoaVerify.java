package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.reconcile.VoaKeys;
import io.bitbuilder.hypervisor.signature.TrustedKey;
import io.bitbuilder.hypervisor.signature.Verdict;
import io.bitbuilder.hypervisor.signature.Verifier;
import io.bitbuilder.hypervisor.voa.LoadPaths;
import io.bitbuilder.hypervisor.voa.Purpose;
import io.bitbuilder.hypervisor.voa.Voa;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code bitbuilder voa verify}: who signed a file, if anybody who may. */
final class VoaVerify {
  private static final Purpose COMMIT = Purpose.of("git-commit");

  private final VoaScope scope;
  private final LoadPaths paths;
  private final Context context;

  VoaVerify(VoaScope scope, LoadPaths paths, Context context) {
    this.scope = scope;
    this.paths = paths;
    this.context = context;
  }

  /** Does it. */
  int run(Arguments arguments) throws IOException {
    List<String> files = arguments.words().subList(1, arguments.words().size());
    if (files.size() != 1 || !arguments.has("signature") || scope.purpose().isEmpty()) {
      return context.fail(
          ExitStatus.USAGE,
          files.size() != 1
              ? "it takes one file"
              : (arguments.has("signature") ? "--purpose" : "--signature") + " is missing",
          "usage: bitbuilder voa verify FILE --signature=FILE --purpose=PURPOSE");
    }
    Path file = Path.of(files.getFirst());
    Path signature = Path.of(arguments.option("signature").orElseThrow());
    for (Path path : List.of(file, signature)) {
      if (!Files.isRegularFile(path)) {
        return context.fail(
            ExitStatus.USAGE, Quote.escape(path.toString(), 400) + " is not a file", "");
      }
    }
    List<TrustedKey> keys =
        new VoaKeys(new Voa(paths))
            .of(scope.oses(), scope.purpose().get(), scope.contextOrDefault(), scope.technology());
    return said(judge(file, signature, keys, namespace(arguments)), keys, arguments);
  }

  /** What SSH signatures are made for: as git has it, otherwise purpose and context. */
  private String namespace(Arguments arguments) {
    Purpose purpose = scope.purpose().orElseThrow();
    return arguments
        .option("namespace")
        .orElse(purpose.equals(COMMIT) ? Verifier.GIT : purpose + "/" + scope.contextOrDefault());
  }

  private Verdict judge(Path file, Path signature, List<TrustedKey> keys, String namespace)
      throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(signature)) {
      bytes = in.readNBytes(Verifier.SIGNATURE_LIMIT + 1);
    }
    try (InputStream content = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      return new Verifier(keys, context.clock().instant(), namespace).detached(content, bytes);
    }
  }

  private int said(Verdict verdict, List<TrustedKey> keys, Arguments arguments) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("valid", verdict instanceof Verdict.Good);
    json.put("keys", (long) keys.size());
    int status =
        switch (verdict) {
          case Verdict.Good good -> {
            json.put("key", good.key().fingerprint());
            json.put("signer", good.signer());
            Optional.ofNullable(good.created())
                .ifPresent(created -> json.put("created", created.toString()));
            yield ExitStatus.DONE;
          }
          case Verdict.Bad bad -> {
            json.put("reason", bad.reason().name().toLowerCase(java.util.Locale.ROOT));
            json.put("message", bad.sentence());
            yield ExitStatus.UNVERIFIED;
          }
        };
    if (arguments.json()) {
      context.output().json(json);
      return status;
    }
    return switch (verdict) {
      case Verdict.Good good -> {
        String subkey =
            good.signer().equals(good.key().fingerprint()) ? "" : ", subkey " + good.signer();
        String when =
            Optional.ofNullable(good.created()).map(time -> ", on " + Times.exact(time)).orElse("");
        context.output().line("signed by " + good.key().fingerprint() + subkey + when);
        yield status;
      }
      case Verdict.Bad bad ->
          context.fail(
              status,
              keys.isEmpty()
                  ? "no key counts for this purpose and context"
                  : "not signed by one of " + keys.size() + " keys: " + bad.sentence(),
              "see `bitbuilder voa list --purpose="
                  + scope.purpose().orElseThrow()
                  + " --context="
                  + scope.contextOrDefault()
                  + "`");
    };
  }
}
