package io.bitbuilder.hypervisor.networkd;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.networkd.SettingsText.Section;
import io.bitbuilder.hypervisor.networkd.SettingsText.Setting;
import java.util.Optional;

/**
 * Settings of a template that have to agree with each other, for systemd would bend one of them.
 */
final class TemplateAgreement {
  private static final String SERVER = "DHCPServer";

  private final TemplateKind kind;
  private final SettingsText text;

  TemplateAgreement(TemplateKind kind, SettingsText text) {
    this.kind = kind;
    this.text = text;
  }

  void check() {
    if (kind == TemplateKind.BRIDGE_LINK) {
      together("EmitNTP", "NTP", "time servers");
      together("EmitTimezone", "Timezone", "time zone");
      leases();
    }
  }

  /** Without something to emit, networkd emits what the host itself has been told. */
  private void together(String flag, String key, String what) {
    boolean emit = value(flag).filter("yes"::equals).isPresent();
    Optional<Setting> emitted = find(key);
    if (emit && emitted.isEmpty()) {
      add(
          Code.BB203,
          flag,
          "`" + flag + "=yes` without `" + key + "` would tell guests the host's own " + what,
          "`" + key + "=` as well");
    } else if (!emit && emitted.isPresent()) {
      add(
          Code.BB203,
          key,
          "`" + key + "` has no effect without `" + flag + "=yes`",
          "`" + flag + "=yes` as well");
    }
  }

  /** networkd cuts the one at the other. */
  private void leases() {
    String usual = "DefaultLeaseTimeSec";
    String most = "MaxLeaseTimeSec";
    if (find(usual).isEmpty() && find(most).isEmpty()) {
      return;
    }
    long least = Long.parseLong(value(usual).orElse("3600"));
    long limit = Long.parseLong(value(most).orElse("43200"));
    if (limit < least) {
      add(
          Code.BB205,
          find(most).isPresent() ? most : usual,
          "leases of " + least + " s are longer than the longest of " + limit + " s",
          "`" + most + "` of at least `" + usual + "`");
    }
  }

  private void add(Code code, String key, String message, String expected) {
    Setting setting = find(key).orElseThrow();
    text.add(code, setting.key().span(), "/" + SERVER + "/" + key, message, expected, "");
  }

  /** What it says, in its one form. */
  private Optional<String> value(String key) {
    return find(key)
        .flatMap(setting ->
            kind.allowed(SERVER, key)
                .flatMap(allowed -> allowed.type().form().apply(setting.value().text())));
  }

  private Optional<Setting> find(String key) {
    for (Section section : text.sections()) {
      for (Setting setting : section.settings()) {
        if (section.name().text().equals(SERVER) && setting.key().text().equals(key)) {
          return Optional.of(setting);
        }
      }
    }
    return Optional.empty();
  }
}
