package io.bitbuilder.hypervisor.networkd;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Span;
import io.bitbuilder.hypervisor.model.NetworkTemplate;
import io.bitbuilder.hypervisor.model.NetworkTemplate.Part;
import io.bitbuilder.hypervisor.networkd.SettingsText.Section;
import io.bitbuilder.hypervisor.networkd.SettingsText.Setting;
import io.bitbuilder.hypervisor.networkd.SettingsText.Word;
import io.bitbuilder.hypervisor.networkd.TemplateKind.Allowed;
import io.bitbuilder.hypervisor.schema.Similar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads one template: only settings its kind may have, each once, each with a value it takes. */
final class TemplateReader {
  private final TemplateKind kind;
  private final NetworkFile file;
  private final SettingsText text;
  private final Map<String, Span> seen = new HashMap<>();

  TemplateReader(TemplateKind kind, NetworkFile file, SettingsText text) {
    this.kind = kind;
    this.file = file;
    this.text = text;
  }

  Optional<NetworkTemplate> read() {
    List<NetworkTemplate.Section> sections = new ArrayList<>();
    for (Section section : text.sections()) {
      if (file.isKnown(section) && isOpen(section) && isFirst(section.name(), section, true)) {
        List<NetworkTemplate.Setting> settings = new ArrayList<>();
        for (Setting setting : section.settings()) {
          if (file.isKnown(section, setting)) {
            allowed(section, setting)
                .flatMap(allowed -> value(section, setting, allowed))
                .ifPresent(value ->
                    settings.add(new NetworkTemplate.Setting(setting.key().text(), value)));
          }
        }
        sections.add(new NetworkTemplate.Section(section.name().text(), settings));
      }
    }
    if (!text.failed()) {
      new TemplateAgreement(kind, text).check();
    }
    return text.failed() ? Optional.empty() : Optional.of(new NetworkTemplate(sections));
  }

  private boolean isOpen(Section section) {
    String name = section.name().text();
    if (kind.allowed().stream().anyMatch(one -> one.section().equals(name))) {
      return true;
    }
    refuse(
        section.name(), "/" + name, "section [" + name + "]", Kept.of(kind.fileKind(), name, ""));
    return false;
  }

  private Optional<Allowed> allowed(Section section, Setting setting) {
    String name = section.name().text();
    String key = setting.key().text();
    Optional<Allowed> allowed = kind.allowed(name, key);
    if (allowed.isEmpty()) {
      refuse(
          setting.key(),
          NetworkFile.pointer(section, setting),
          "`" + key + "` in [" + name + "]",
          Kept.of(kind.fileKind(), name, key));
      return Optional.empty();
    }
    return isFirst(setting.key(), section, false) ? allowed : Optional.empty();
  }

  private void refuse(Word word, String pointer, String what, Optional<Kept> kept) {
    text.add(
        Code.BB214,
        word.span(),
        pointer,
        kept.map(one -> what + " is not for templates to set: " + one.why())
            .orElse(what + " is not open to templates"),
        kind.allowed().stream()
            .collect(
                Collectors.groupingBy(
                    Allowed::section,
                    LinkedHashMap::new,
                    Collectors.mapping(Allowed::key, Collectors.joining(", "))))
            .entrySet()
            .stream()
            .map(entry -> "[" + entry.getKey() + "] " + entry.getValue())
            .collect(Collectors.joining("; ")),
        "remove it");
  }

  /** systemd would let the last one count, or both. */
  private boolean isFirst(Word word, Section section, boolean head) {
    String pointer = "/" + section.name().text() + (head ? "" : "/" + word.text());
    Span first = seen.putIfAbsent(pointer, word.span());
    if (first == null) {
      return true;
    }
    text.add(
        new Diagnostic(
                Code.BB102,
                (head ? "section [" + word.text() + "]" : "duplicate key `" + word.text() + "`")
                    + (head ? " twice" : ""),
                text.at(word.span(), pointer),
                head ? "every section once" : "every key once",
                head ? "join the two" : "remove one of the two",
                List.of())
            .withNote("first written at", text.at(first, pointer)));
    return false;
  }

  private Optional<List<Part>> value(Section section, Setting setting, Allowed allowed) {
    Word word = setting.value();
    String pointer = NetworkFile.pointer(section, setting);
    if (word.text().isEmpty()) {
      text.add(
          Code.BB204,
          word.span(),
          pointer,
          "`" + allowed.key() + "` has no value",
          allowed.type().expected(),
          "leave the line out for what holds without it: " + allowed.otherwise());
      return Optional.empty();
    }
    Optional<List<Part>> parts = parts(word, pointer, allowed);
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    String longest =
        Templates.join(
            parts.get(), name -> Variable.of(name, kind.variables()).orElseThrow().longest());
    Optional<String> form = allowed.type().form().apply(longest);
    if (form.isEmpty()) {
      text.add(
          allowed.type().code(),
          word.span(),
          pointer,
          "`" + allowed.key() + "` does not take " + Quote.quote(word.text()),
          allowed.type().expected(),
          word.text().indexOf('%') >= 0
              ? "`%` stands for nothing here; variables are written `@name@`"
              : "");
      return Optional.empty();
    }
    boolean fixed = parts.get().stream().allMatch(part -> part instanceof Part.Text);
    return fixed ? Optional.of(List.of(new Part.Text(form.get()))) : parts;
  }

  /** Text and variables; {@code @@} is the sign itself. */
  private Optional<List<Part>> parts(Word word, String pointer, Allowed allowed) {
    List<Part> parts = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    String value = word.text();
    boolean fine = true;
    int at = 0;
    while (at < value.length()) {
      int sign = value.indexOf('@', at);
      if (sign < 0) {
        break;
      }
      plain.append(value, at, sign);
      int end = value.indexOf('@', sign + 1);
      String name = end < 0 ? "" : value.substring(sign + 1, end);
      if (end == sign + 1) {
        plain.append('@');
      } else if (!isName(name)) {
        text.add(
            Code.BB106,
            SettingsText.span(word, sign, sign + 1),
            pointer,
            "the sign `@` begins no variable",
            "`@name@`, or `@@` for the sign itself",
            "");
        return Optional.empty();
      } else {
        fine &= fits(name, SettingsText.span(word, sign, end + 1), pointer, allowed);
        if (!plain.isEmpty()) {
          parts.add(new Part.Text(plain.toString()));
          plain.setLength(0);
        }
        parts.add(new Part.Variable(name));
      }
      at = end + 1;
    }
    plain.append(value.substring(at));
    if (!plain.isEmpty()) {
      parts.add(new Part.Text(plain.toString()));
    }
    return fine ? Optional.of(parts) : Optional.empty();
  }

  private boolean fits(String name, Span span, String pointer, Allowed allowed) {
    List<String> names = kind.variables().stream().map(Variable::word).toList();
    Optional<Variable> variable = Variable.of(name, kind.variables());
    if (variable.isEmpty()) {
      text.add(
          Code.BB304,
          span,
          pointer,
          "variable " + Quote.quote("@" + name + "@") + " does not exist here",
          kind.variables().stream().map(Variable::written).collect(Collectors.joining(", ")),
          Similar.to(name, names)
              .map(near -> "a variable with a similar name exists: `@" + near + "@`")
              .orElse(""));
      return false;
    }
    VariableType type = variable.get().type();
    if (!allowed.type().variables().contains(type)) {
      text.add(
          Code.BB202,
          span,
          pointer,
          "`@" + name + "@` is " + type.text() + ", which cannot stand in `" + allowed.key() + "`",
          allowed.type().expected(),
          "");
      return false;
    }
    return true;
  }

  private static boolean isName(String text) {
    return !text.isEmpty()
        && text.charAt(0) >= 'a'
        && text.charAt(0) <= 'z'
        && text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
  }
}
