package io.bitbuilder.hypervisor.schema;

import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.document.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was read of a {@link Shape}: values by key, each of the key's type. */
public final class Values {
  private final Node.Entries node;
  private final Map<String, Object> values;
  private final Reading reading;

  Values(Node.Entries node, Map<String, Object> values, Reading reading) {
    this.node = node;
    this.values = values;
    this.reading = reading;
  }

  /** Where it was written; the enclosing mapping when it was left out. */
  public Node.Entries node() {
    return node;
  }

  /** The reading it came from. */
  public Reading reading() {
    return reading;
  }

  /** The place of the value of a key; of the mapping when the key was left out. */
  public Location at(Key<?> key) {
    return reading.document().at(node, "/" + key.name());
  }

  /** Whether the key was written with a valid value. */
  public boolean has(Key<?> key) {
    return values.containsKey(key.name());
  }

  @SuppressWarnings("unchecked") // only Shape puts values here, read by the key's own type
  private <T> @Nullable T value(Key<T> key) {
    T value = (T) values.get(key.name());
    return value == null ? key.fallback() : value;
  }

  /** The value or the default; empty without either. */
  public <T> Optional<T> find(Key<T> key) {
    return Optional.ofNullable(value(key));
  }

  /**
   * The value or the default of a key that has one or is mandatory.
   *
   * @throws IllegalStateException without either; callers look at {@link Reading#failed} first
   */
  public <T> T get(Key<T> key) {
    T value = value(key);
    if (value == null) {
      throw new IllegalStateException("no value for " + key.name());
    }
    return value;
  }

  /** The list, empty when it was left out. */
  public <T> List<T> list(Key<List<T>> key) {
    List<T> value = value(key);
    return value == null ? List.of() : value;
  }

  /** The inner mapping; when it was left out, one in which every key has its default. */
  public Values section(Key<Values> key) {
    Values value = value(key);
    if (value == null) {
      if (!(key.type() instanceof Shape shape)) {
        throw new IllegalArgumentException("not a section: " + key.name());
      }
      return shape.absent(this);
    }
    return value;
  }

  /** The items of a list as they were written, without those that are not valid. */
  public <T> List<Node.Scalar> written(Key<List<T>> key) {
    if (!(node.get(key.name()) instanceof Node.Items items)) {
      return List.of();
    }
    Set<String> valid = new HashSet<>();
    list(key).forEach(value -> valid.add(value.toString()));
    List<Node.Scalar> written = new ArrayList<>();
    for (Node item : items.items()) {
      if (item instanceof Node.Scalar scalar && valid.contains(scalar.text())) {
        written.add(scalar);
      }
    }
    return written;
  }
}
