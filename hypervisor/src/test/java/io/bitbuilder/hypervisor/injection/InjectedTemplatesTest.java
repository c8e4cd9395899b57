package io.bitbuilder.hypervisor.injection;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Severity;
import io.bitbuilder.hypervisor.networkd.TemplateKind;
import io.bitbuilder.hypervisor.networkd.TemplateKind.Allowed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * Every setting of an operator's templates times every hostile text: it is refused in the line it
 * is in, or is the one setting of files of networks that changes.
 */
class InjectedTemplatesTest {
  private final Trees system = Bases.system();
  private final Pipeline pipeline;

  /** Without any template. */
  private final Anatomy base;

  InjectedTemplatesTest() throws IOException {
    pipeline = new Pipeline(system, List.of(Bases.tenant("acme"))).withTenantsRead();
    base = pipeline.run().anatomy().orElseThrow();
  }

  @Test
  void settingsOfTemplates() throws IOException {
    Trial trial = new Trial("templates");
    List<Injection> injections = new ArrayList<>(Injection.all());
    injections.addAll(Injection.behind("@tenant@"));
    injections.removeIf(injection -> !isText(injection.text()));
    int settings = 0;
    for (TemplateKind kind : TemplateKind.values()) {
      for (Allowed allowed : kind.allowed()) {
        settings++;
        String place = kind.file() + " [" + allowed.section() + "] " + allowed.key();
        for (Injection injection : injections) {
          one(trial, kind, allowed, place, injection);
        }
      }
    }
    assertThat(settings).isGreaterThan(20);
    trial.check();
  }

  private void one(
      Trial trial, TemplateKind kind, Allowed allowed, String place, Injection injection)
      throws IOException {
    String path = "network/" + kind.file();
    String setting = allowed.key() + "=" + injection.text();
    Trees changed = system.with(path, "[" + allowed.section() + "]\n" + setting + "\n");
    String said = "[" + allowed.section() + "] " + allowed.key();
    trial.of(
        place,
        injection,
        base.withoutSetting(said),
        "",
        at(path, 2),
        () -> {
          Pipeline.Outcome outcome = pipeline.with(changed).run();
          return new Pipeline.Outcome(
              outcome.findings(), outcome.anatomy().map(anatomy -> anatomy.withoutSetting(said)));
        });
  }

  /** A line end ends the setting, in this kind of file; what is no text is no file. */
  private static boolean isText(String text) {
    return text.codePoints().noneMatch(c -> c == '\n' || (c >= 0xd800 && c <= 0xdfff));
  }

  private static Predicate<List<Diagnostic>> at(String path, int line) {
    return findings ->
        findings.stream()
            .anyMatch(finding ->
                finding.severity() == Severity.ERROR
                    && finding.location().path().equals(path)
                    && (finding.location().span().line() == line || finding.code() == Code.BB103));
  }
}
