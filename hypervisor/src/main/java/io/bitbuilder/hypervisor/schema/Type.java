package io.bitbuilder.hypervisor.schema;

import io.bitbuilder.hypervisor.document.Node;
import org.jspecify.annotations.Nullable;

/** What a value may be. */
public sealed interface Type<T> permits Scalar, ListOf, MapOf, Shape {
  /** The value, or null after reporting why not. */
  @Nullable T read(Node node, Reading reading);

  /** What it is in a few words, for the reference: {@code size}, {@code list of name}. */
  String word();
}
