package io.bitbuilder.hypervisor.model;

import java.util.List;

/**
 * What an operator says of one kind of network file, read and checked: sections of settings whose
 * values may have holes.
 */
public record NetworkTemplate(List<Section> sections) {
  public NetworkTemplate {
    sections = List.copyOf(sections);
  }

  /** A section and its settings, each key once. */
  public record Section(String name, List<Setting> settings) {
    public Section {
      settings = List.copyOf(settings);
    }
  }

  /** A setting and the parts its value is made of. */
  public record Setting(String key, List<Part> value) {
    public Setting {
      value = List.copyOf(value);
    }
  }

  /** A part of a value. */
  public sealed interface Part {
    /** As it is. */
    record Text(String text) implements Part {}

    /** What the variable of that name stands for. */
    record Variable(String name) implements Part {}
  }
}
