package io.bitbuilder.hypervisor.model;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whose signatures a system repository tells of.
 *
 * @param list all of them, in the order they are written
 * @param certificates OpenPGP certificates of the repository by their lowercase fingerprints,
 *     armored
 */
public record Signers(List<Signer> list, SortedMap<String, String> certificates) {
  /** Nobody. */
  public static final Signers NONE = new Signers(List.of(), new TreeMap<>());

  public Signers {
    list = List.copyOf(list);
    certificates = Collections.unmodifiableSortedMap(new TreeMap<>(certificates));
  }
}
