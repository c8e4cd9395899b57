package io.bitbuilder.hypervisor.networkd;

import io.bitbuilder.hypervisor.model.NetworkTemplate;
import io.bitbuilder.hypervisor.model.NetworkTemplate.Part;
import io.bitbuilder.hypervisor.model.NetworkTemplate.Setting;
import io.bitbuilder.hypervisor.model.NetworkTemplates;
import io.bitbuilder.hypervisor.networkd.TemplateKind.Allowed;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import io.bitbuilder.hypervisor.unitfile.UnitFile.Entry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Fills templates in. What the product says stands; what a template says is added to it. */
public final class Templates {
  private final NetworkTemplates templates;

  public Templates(NetworkTemplates templates) {
    this.templates = templates;
  }

  /**
   * A file of the product with what the template of its kind adds.
   *
   * @param frame what the product says. Of what a template may set it says what holds otherwise; a
   *     section it does not have is of something that is not there, and left out
   * @param values what each variable of the kind stands for
   * @throws IllegalArgumentException when what comes out would not be a value of its setting
   */
  public UnitFile fill(TemplateKind kind, UnitFile frame, Map<Variable, String> values) {
    List<UnitFile.Section> sections = new ArrayList<>();
    Set<String> filled = new HashSet<>();
    for (UnitFile.Section section : frame.sections()) {
      // A section of a name that comes again is another lease, another prefix.
      sections.add(filled.add(section.name()) ? fill(kind, section, values) : section);
    }
    return new UnitFile(sections);
  }

  private UnitFile.Section fill(
      TemplateKind kind, UnitFile.Section section, Map<Variable, String> values) {
    List<Entry> entries = new ArrayList<>(section.entries());
    // In an order of ours: a template whose lines were moved says the same.
    for (Allowed allowed : kind.allowed()) {
      Setting setting = find(kind, allowed.section(), allowed.key());
      if (setting != null && allowed.section().equals(section.name())) {
        put(entries, allowed, value(setting, allowed, values));
      }
    }
    return new UnitFile.Section(section.name(), entries);
  }

  private static void put(List<Entry> entries, Allowed allowed, String value) {
    Entry entry = new Entry(allowed.key(), value);
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).key().equals(allowed.key())) {
        if (!allowed.yields()) {
          entries.set(i, entry);
        }
        return;
      }
    }
    entries.add(entry);
  }

  /** What a template says of a setting whose type takes no variables. */
  public Optional<String> value(TemplateKind kind, String section, String key) {
    Setting setting = find(kind, section, key);
    return setting == null
        ? Optional.empty()
        : Optional.of(value(setting, kind.allowed(section, key).orElseThrow(), Map.of()));
  }

  private @Nullable Setting find(TemplateKind kind, String section, String key) {
    NetworkTemplate template = templates.byFile().get(kind.file());
    if (template != null) {
      for (NetworkTemplate.Section one : template.sections()) {
        for (Setting setting : one.settings()) {
          if (one.name().equals(section) && setting.key().equals(key)) {
            return setting;
          }
        }
      }
    }
    return null;
  }

  /** Looked at once more: what comes out is a value of its setting, whatever went in. */
  private static String value(Setting setting, Allowed allowed, Map<Variable, String> values) {
    String joined =
        join(
            setting.value(),
            name ->
                Variable.of(name, List.copyOf(values.keySet()))
                    .map(values::get)
                    .orElseThrow(() -> new IllegalArgumentException("not a variable")));
    return allowed
        .type()
        .form()
        .apply(joined)
        .orElseThrow(() -> new IllegalArgumentException("not a value of a setting"));
  }

  static String join(List<Part> parts, UnaryOperator<String> variables) {
    StringBuilder joined = new StringBuilder();
    for (Part part : parts) {
      switch (part) {
        case Part.Text(String text) -> joined.append(text);
        case Part.Variable(String name) -> joined.append(variables.apply(name));
      }
    }
    return joined.toString();
  }
}
