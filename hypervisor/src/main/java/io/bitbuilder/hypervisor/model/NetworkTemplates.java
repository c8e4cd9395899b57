package io.bitbuilder.hypervisor.model;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** The templates in force on a host, by the names of their files. */
public record NetworkTemplates(SortedMap<String, NetworkTemplate> byFile) {
  /** None: only what the product says by itself. */
  public static final NetworkTemplates NONE = new NetworkTemplates(Collections.emptySortedMap());

  public NetworkTemplates {
    byFile = Collections.unmodifiableSortedMap(new TreeMap<>(byFile));
  }

  /** These, and in the place of some others of the same names. */
  public NetworkTemplates with(NetworkTemplates others) {
    SortedMap<String, NetworkTemplate> all = new TreeMap<>(byFile);
    all.putAll(others.byFile);
    return new NetworkTemplates(all);
  }
}
