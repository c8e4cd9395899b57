package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.signature.TrustedKey;
import io.bitbuilder.hypervisor.voa.Context;
import io.bitbuilder.hypervisor.voa.LoadPaths;
import io.bitbuilder.hypervisor.voa.Os;
import io.bitbuilder.hypervisor.voa.Purpose;
import io.bitbuilder.hypervisor.voa.Technology;
import io.bitbuilder.hypervisor.voa.Verifier;
import io.bitbuilder.hypervisor.voa.Voa;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The host's own keys (UAPI.11): os {@code bitbuilder}, purpose {@code git-commit}, context {@code
 * system} or a tenant's id.
 */
final class HostKeys {
  private static final Purpose COMMIT = Purpose.of("git-commit");

  private final Voa voa;

  HostKeys(Path root) {
    this.voa = new Voa(LoadPaths.system(root));
  }

  /** Keys that count for a scope by being there; of a certificate every copy. */
  List<TrustedKey> of(String scope) {
    return new VoaKeys(voa)
        .of(List.of(Os.BITBUILDER), COMMIT, new Context(scope), Optional.empty());
  }

  /** A text that is another one when other keys count for any scope. */
  String digest() {
    StringBuilder text = new StringBuilder();
    for (Voa.Scope scope : voa.scopes(List.of(Os.BITBUILDER)).scopes()) {
      if (scope.purpose().equals(COMMIT)) {
        text.append(scope.context().value()).append(' ');
        text.append(digest(scope.context().value())).append('\n');
      }
    }
    return text.isEmpty() ? "" : InputsDigest.sha256(text.toString());
  }

  /** The same for one scope. */
  String digest(String scope) {
    List<Verifier> all = new ArrayList<>(verifiers(scope, Technology.OPENPGP));
    all.addAll(verifiers(scope, Technology.SSH));
    String text =
        all.stream()
            .flatMap(verifier -> verifier.copies().stream())
            .map(Verifier.Copy::text)
            .sorted(Comparator.naturalOrder())
            .collect(Collectors.joining("\n"));
    return text.isEmpty() ? "" : InputsDigest.sha256(text);
  }

  private List<Verifier> verifiers(String scope, Technology technology) {
    return voa.lookup(List.of(Os.BITBUILDER), COMMIT, new Context(scope), technology).verifiers();
  }
}
