package io.bitbuilder.hypervisor.injection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.diagnostic.Span;
import io.bitbuilder.hypervisor.discovery.HostFile;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.injection.Pipeline.Outcome;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.SystemModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every field of the model times every hostile text: it is refused where it was written, or what
 * systemd reads of it is the text and nothing else. The trees in src/test/injection set every field
 * there is, so that a new one is tried as soon as it is in the model.
 */
class InjectionTest {
  private final Trees system = Bases.system();
  private final Trees acme = Bases.tenant("acme");
  private final Trees globex = Bases.tenant("globex");
  private final Trees never = Bases.tenant("refused");
  private final Trees host = Bases.host();

  @Test
  void everyFieldIsSetSomewhere() {
    SortedSet<String> missing = Field.names();
    assertThat(missing).hasSizeGreaterThan(240);
    missing.removeAll(taken());
    missing.removeAll(Field.of(never).keySet());
    assertThat(missing).as("fields that no tree in src/test/injection sets").isEmpty();
  }

  /** Fields that have an effect when they are set right. */
  private Set<String> taken() {
    Set<String> names = new TreeSet<>();
    for (Trees tree : List.of(system, acme, globex, host)) {
      names.addAll(Field.of(tree).keySet());
    }
    return names;
  }

  @Test
  void fieldsOfATenant() throws IOException {
    SystemModel model = new Pipeline(system, List.of()).model();
    Trial trial = new Trial("tenant");
    Set<String> seen = new HashSet<>();
    for (Trees tenant : List.of(acme, globex)) {
      Pipeline whole = new Pipeline(system, List.of(tenant));
      anatomy(whole.run(model));
      for (Field.Placed one : Field.of(tenant).values()) {
        if (seen.add(one.field().name())) {
          Trees tree = Bases.around(one.path(), tenant);
          Anatomy base = anatomy(new Pipeline(system, List.of(tree)).run(model));
          all(trial, one, base, tree, changed -> new Pipeline(system, List.of(changed)).run(model));
        }
      }
    }
    // InjectionScenarioTest gives these to systemd itself.
    trial.keeps(
        "texts.json",
        "container#/command/*",
        "container#/environment/{}",
        "container#/credentials/{}",
        "container#/credentials/{}=",
        "container#/volumes/*/path",
        "firewall#/rules/*/name");
    trial.check();
  }

  @Test
  void fieldsOfTheSystemRepository() throws IOException {
    Trial trial = new Trial("system");
    Pipeline pipeline = new Pipeline(system, List.of(acme, globex)).withTenantsRead();
    Anatomy base = anatomy(pipeline.run());
    for (Field.Placed one : Field.of(system).values()) {
      all(trial, one, base, system, changed -> pipeline.with(changed).run());
    }
    trial.check();
  }

  @Test
  void fieldsOfTheHost(@TempDir Path root) throws IOException {
    Trial trial = new Trial("host");
    Path file = root.resolve(HostFile.PATH);
    Files.createDirectories(file.resolveSibling(""));
    Anatomy base = anatomy(read(root, host));
    for (Field.Placed one : Field.of(host).values()) {
      all(trial, one, base, host, changed -> read(root, changed));
    }
    trial.check();
  }

  /** Fields without an effect in this version are read all the same, and nothing is accepted. */
  @Test
  void fieldsThatAreNeverAccepted() throws IOException {
    Trial trial = new Trial("refused");
    SystemModel model = new Pipeline(system, List.of()).model();
    SortedMap<String, Field.Placed> fields = Field.of(never);
    fields.keySet().removeAll(taken());
    assertThat(fields).isNotEmpty();
    for (Field.Placed one : fields.values()) {
      // Of a key that is not for here it is said at the key.
      Span line = new Span(one.field().span().line(), 1, 1);
      all(
          trial,
          one,
          new Anatomy(),
          never,
          line,
          changed -> new Pipeline(system, List.of(changed)).run(model));
    }
    trial.check();
  }

  private static Anatomy anatomy(Outcome outcome) {
    assertThat(outcome.findings()).isEmpty();
    return outcome.anatomy().orElseThrow();
  }

  /** Reads, plans and compiles a changed tree. */
  private interface Run {
    Outcome of(Trees changed) throws IOException;
  }

  private static void all(Trial trial, Field.Placed placed, Anatomy base, Trees tree, Run run)
      throws IOException {
    all(trial, placed, base, tree, placed.field().span(), run);
  }

  /** Tries all texts; findings are not before a place. */
  private static void all(
      Trial trial, Field.Placed placed, Anatomy base, Trees tree, Span from, Run run)
      throws IOException {
    Field field = placed.field();
    int before = field.span().column() - from.column();
    List<Injection> injections = new ArrayList<>(Injection.all());
    if (!field.isKnownKey()) {
      injections.addAll(Injection.behind(field.text()));
    }
    for (Injection injection : injections) {
      String written = injection.written();
      Predicate<List<Diagnostic>> isAt =
          findings -> Refusal.isAt(findings, placed.path(), from, before, written.length());
      Trees changed = tree.with(placed.path(), field.in(tree.text(placed.path()), written));
      trial.of(field.name(), injection, base, field.text(), isAt, () -> run.of(changed));
    }
  }

  private static Outcome read(Path root, Trees tree) throws IOException {
    Files.write(root.resolve(HostFile.PATH), tree.text(Bases.HOST).getBytes(UTF_8));
    Report report = new Report();
    Optional<Anatomy> said = HostFile.read(root, report).map(InjectionTest::said);
    return new Outcome(report.sorted(), said);
  }

  private static Anatomy said(HostConfig config) {
    Anatomy said = new Anatomy();
    said.json(
        "host",
        Json.write(
            List.of(
                config.url(),
                config.ref(),
                config.credential(),
                config.signers(),
                config.name(),
                config.tags())));
    return said;
  }
}
