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
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The host's own keys (UAPI.11): os {@code bitbuilder}, purpose {@code git-commit}, context {@code
 * system} or a tenant's id.
 */
final class OwnKeys {
  private static final Purpose COMMIT = Purpose.of("git-commit");

  private final Voa voa;

  /** The scopes there are directories for: of a thousand tenants hardly any has one. */
  private final Set<String> scopes;

  OwnKeys(Path root) {
    this.voa = new Voa(LoadPaths.system(root));
    this.scopes =
        voa.scopes(List.of(Os.BITBUILDER)).scopes().stream()
            .filter(scope -> scope.purpose().equals(COMMIT))
            .map(scope -> scope.context().value())
            .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Keys that count for a scope by being there; of a certificate every copy. */
  List<TrustedKey> of(String scope) {
    return !scopes.contains(scope)
        ? List.of()
        : new VoaKeys(voa).of(List.of(Os.BITBUILDER), COMMIT, new Context(scope), Optional.empty());
  }

  /** A text that is another one when other keys count for any scope. */
  String digest() {
    StringBuilder text = new StringBuilder();
    for (String scope : scopes) {
      text.append(scope).append(' ').append(digest(scope)).append('\n');
    }
    return text.isEmpty() ? "" : InputsDigest.sha256(text.toString());
  }

  /** The same for one scope. */
  String digest(String scope) {
    if (!scopes.contains(scope)) {
      return "";
    }
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
