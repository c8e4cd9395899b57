package io.bitbuilder.hypervisor.schema;

import org.jspecify.annotations.Nullable;

/**
 * One key of a {@link Shape}.
 *
 * @param name as it is written
 * @param required whether leaving it out is a finding
 * @param supported false for a key that is read and checked but has no effect yet; using it is a
 *     finding then
 * @param fallback what it is when it is left out, or null
 * @param shown the fallback as one would write it, or empty
 * @param since the version that first knew it
 * @param doc one or two sentences
 */
public record Key<T>(
    String name,
    Type<T> type,
    Consequence consequence,
    boolean required,
    boolean supported,
    @Nullable T fallback,
    String shown,
    String since,
    String doc) {
  private static final String FIRST = "0.1.0";

  /** A key that may be left out. */
  public static <T> Key<T> of(String name, Type<T> type, Consequence consequence, String doc) {
    return new Key<>(name, type, consequence, false, true, null, "", FIRST, doc);
  }

  /** The same key, which must be there. */
  public Key<T> mandatory() {
    return new Key<>(name, type, consequence, true, supported, null, "", since, doc);
  }

  /** The same key, which has no effect in this version. */
  public Key<T> later() {
    return new Key<>(name, type, consequence, required, false, fallback, shown, since, doc);
  }

  /** The same key with a default. */
  public Key<T> or(T value, String written) {
    return new Key<>(name, type, consequence, false, supported, value, written, since, doc);
  }

  /** The same key with a default that is not one value; the text says what it is. */
  public Key<T> orElse(String description) {
    return new Key<>(name, type, consequence, false, supported, null, description, since, doc);
  }
}
