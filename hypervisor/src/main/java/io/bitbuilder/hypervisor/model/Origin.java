package io.bitbuilder.hypervisor.model;

import io.bitbuilder.hypervisor.diagnostic.Location;

/** Where a part of the model was written, so that later stages can point at it. */
@FunctionalInterface
public interface Origin {
  /**
   * The place of the value at a JSON pointer relative to this part ({@code /memory}); the nearest
   * enclosing value when that one was left out; the part itself for the empty pointer.
   */
  Location at(String pointer);
}
