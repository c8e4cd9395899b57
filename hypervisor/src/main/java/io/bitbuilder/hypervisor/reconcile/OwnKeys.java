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
 * system} or a tenant's id; and those of publishers, purpose {@code image}.
 */
final class OwnKeys {
  private static final Purpose COMMIT = Purpose.of("git-commit");
  private static final Purpose IMAGE = Purpose.of("image");

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

  /** Keys of publishers of images; of a certificate every copy. */
  List<TrustedKey> ofImages() {
    return new VoaKeys(voa).of(List.of(Os.BITBUILDER), IMAGE, Context.DEFAULT, Optional.empty());
  }

  /** A text that is another one when other keys count for any scope, or for images. */
  String digest() {
    StringBuilder text = new StringBuilder();
    String images = digest(IMAGE, Context.DEFAULT);
    if (!images.isEmpty()) {
      text.append("image ").append(images).append('\n');
    }
    for (String scope : scopes) {
      text.append(scope).append(' ').append(digest(scope)).append('\n');
    }
    return text.isEmpty() ? "" : InputsDigest.sha256(text.toString());
  }

  /** The same for one scope. */
  String digest(String scope) {
    return scopes.contains(scope) ? digest(COMMIT, new Context(scope)) : "";
  }

  private String digest(Purpose purpose, Context context) {
    List<Verifier> all = new ArrayList<>(verifiers(purpose, context, Technology.OPENPGP));
    all.addAll(verifiers(purpose, context, Technology.SSH));
    String text =
        all.stream()
            .flatMap(verifier -> verifier.copies().stream())
            .map(Verifier.Copy::text)
            .sorted(Comparator.naturalOrder())
            .collect(Collectors.joining("\n"));
    return text.isEmpty() ? "" : InputsDigest.sha256(text);
  }

  private List<Verifier> verifiers(Purpose purpose, Context context, Technology technology) {
    return voa.lookup(List.of(Os.BITBUILDER), purpose, context, technology).verifiers();
  }
}
