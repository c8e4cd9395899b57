package io.bitbuilder.hypervisor.networkd;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.model.NetworkTemplate;
import io.bitbuilder.hypervisor.networkd.SettingsText.Section;
import io.bitbuilder.hypervisor.networkd.SettingsText.Setting;
import io.bitbuilder.hypervisor.schema.Similar;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A file of networkd or udev: what it says is held to what systemd knows. */
public final class NetworkFile {
  /** Bytes a file may have; the largest systemd ships has a hundredth of it. */
  public static final long LIMIT = 64 << 10;

  private final FileKind kind;
  private final Directives directives;
  private final SettingsText text;

  NetworkFile(FileKind kind, Directives directives, SettingsText text) {
    this.kind = kind;
    this.directives = directives;
    this.text = text;
  }

  /**
   * Looks for settings systemd would drop.
   *
   * @return whether there are none
   */
  public static boolean check(
      Document.Source source, byte[] bytes, FileKind kind, Directives directives, Report report) {
    Optional<SettingsText> text = SettingsText.read(source, bytes, report);
    if (text.isEmpty()) {
      return false;
    }
    NetworkFile file = new NetworkFile(kind, directives, text.get());
    for (Section section : text.get().sections()) {
      if (file.isKnown(section)) {
        section.settings().forEach(setting -> file.isKnown(section, setting));
      }
    }
    return !text.get().failed();
  }

  /**
   * Reads a template.
   *
   * @return empty exactly when something was found
   */
  public static Optional<NetworkTemplate> template(
      Document.Source source,
      byte[] bytes,
      TemplateKind kind,
      Directives directives,
      Report report) {
    return SettingsText.read(source, bytes, report)
        .flatMap(text -> {
          NetworkFile file = new NetworkFile(kind.fileKind(), directives, text);
          return new TemplateReader(kind, file, text).read();
        });
  }

  /** Whether systemd knows the section in such files; a finding when not. */
  boolean isKnown(Section section) {
    String name = section.name().text();
    Set<String> sections = directives.sections(kind);
    if (name.isEmpty() || sections.contains(name)) {
      return !name.isEmpty();
    }
    text.add(
        Code.BB201,
        section.name().span(),
        "/" + Quote.escape(name),
        "unknown section [" + Quote.escape(name) + "]",
        "a section of ." + kind.suffix() + " files",
        similar(name, sections, "a section"));
    return false;
  }

  /** Whether systemd knows the key in that section; a finding when not. */
  boolean isKnown(Section section, Setting setting) {
    String name = section.name().text();
    String key = setting.key().text();
    Set<String> keys = directives.keys(kind, name);
    if (keys.contains(key)) {
      return true;
    }
    text.add(
        Code.BB201,
        setting.key().span(),
        pointer(section, setting),
        "unknown key " + Quote.quote(key) + " in [" + name + "]",
        "a key systemd " + directives.version() + " knows there",
        help(key, keys));
    return false;
  }

  private String help(String key, Set<String> keys) {
    if (key.indexOf('@') >= 0) {
      return "variables stand in values alone";
    }
    String similar = similar(key, keys, "a key");
    if (!similar.isEmpty()) {
      return similar;
    }
    List<String> homes =
        directives.sections(kind).stream()
            .filter(section -> directives.keys(kind, section).contains(key))
            .limit(3)
            .map(section -> "[" + section + "]")
            .toList();
    return homes.isEmpty() ? "" : "there is such a key in " + String.join(", ", homes);
  }

  private static String similar(String name, Set<String> names, String what) {
    return Similar.to(name, names)
        .map(near -> what + " with a similar name exists: `" + near + "`")
        .orElse("");
  }

  static String pointer(Section section, Setting setting) {
    return "/" + Quote.escape(section.name().text()) + "/" + Quote.escape(setting.key().text());
  }
}
