package io.bitbuilder.hypervisor.injection;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Severity;
import io.bitbuilder.hypervisor.discovery.DocumentKind;
import io.bitbuilder.hypervisor.injection.Pipeline.Outcome;
import io.bitbuilder.hypervisor.model.SystemModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * Every name of a file or directory times every hostile text, and the content of files that are no
 * documents: a name is refused where it is, passed over, or a name and nothing else.
 */
class InjectedNamesTest {
  private static final String IT = "*";

  /** Where {@code *} is a name of the author's choice, beside those of {@link DocumentKind}. */
  private static final List<String> TENANT =
      List.of(
          "*",
          "*/file",
          "infrastructure/*",
          "network/*",
          "network/firewall/*",
          "network/wireguard/*",
          "containers/*",
          "containers/app/*",
          "containers/app/rootfs-overlay/*",
          "containers/app/rootfs-overlay/*/file",
          "containers/app/rootfs-overlay/etc/*",
          "machines/*",
          "machines/vm/*",
          "machines/vm/cloud-init/*",
          "scripts/*",
          "scripts/*.sh",
          "credentials/*",
          "credentials/*.cred",
          "services/*",
          "services/*.portable.raw",
          "extensions/*",
          "extensions/sysext/*.sysext.raw",
          "extensions/confext/*.confext.raw",
          "users/*",
          "users/*/homed-config.json",
          "users/carol/*");

  private static final List<String> SYSTEM =
      List.of(
          "*",
          "*/file",
          ".gitops/*",
          "tenants/*",
          "network/*",
          "network/*.network",
          "network/*.netdev",
          "keys/*",
          "keys/*.openpgp",
          "units/*",
          "generators/*",
          "extensions/*",
          "extensions/*.sysext.raw");

  private final Trees system = Bases.system();
  private final Trees acme = Bases.tenant("acme");

  @Test
  void namesOfATenant() throws IOException {
    SystemModel model = new Pipeline(system, List.of()).model();
    Trees tree = Bases.small(acme);
    Anatomy base = anatomy(new Pipeline(system, List.of(tree)).run(model));
    Trial trial = new Trial("tenant-names");
    for (String place : TENANT) {
      for (Injection injection : Injection.names()) {
        String path = place.replace(IT, injection.text());
        Trees changed = tree.with(path, "x: y\n");
        trial.of(place, injection, base, "", at(path), run(model, changed));
      }
    }
    trial.check();
  }

  /** Directories and files whose name is that of a resource. */
  @Test
  void namesOfResources() throws IOException {
    SystemModel model = new Pipeline(system, List.of()).model();
    Trees tree = acme.with("network/firewall/10-rules.yaml", "rules: []\n");
    Anatomy base = anatomy(new Pipeline(system, List.of(tree)).run(model));
    Trial trial = new Trial("resource-names");
    Map<String, String> named =
        Map.of(
            "containers/*", "app",
            "machines/*", "vm",
            "network/firewall/*.yaml", "10-rules",
            "network/wireguard/*.yaml", "office",
            "containers/app/rootfs-overlay/*", "etc");
    for (DocumentKind kind : DocumentKind.all()) {
      assertThat(named.keySet())
          .as("the place of %s is tried", kind.name())
          .anyMatch(place -> !kind.path().contains(IT) || kind.path().startsWith(place));
    }
    for (Map.Entry<String, String> one : new java.util.TreeMap<>(named).entrySet()) {
      String from = one.getKey().replace(IT, one.getValue());
      for (Injection injection : Injection.names()) {
        String to = one.getKey().replace(IT, injection.text());
        Trees changed = tree.renamed(from, to);
        trial.of(one.getKey(), injection, base, one.getValue(), at(to), run(model, changed));
      }
    }
    trial.check();
  }

  @Test
  void namesOfTheSystemRepository() throws IOException {
    Pipeline pipeline = new Pipeline(system, List.of(acme)).withTenantsRead();
    Anatomy base = anatomy(pipeline.run());
    Trial trial = new Trial("system-names");
    for (String place : SYSTEM) {
      for (Injection injection : Injection.names()) {
        String path = place.replace(IT, injection.text());
        Trees changed = system.with(path, "x: y\n");
        trial.of(place, injection, base, "", at(path), () -> pipeline.with(changed).run());
      }
    }
    trial.check();
  }

  /** What is in a file that is handed on as it is: only a digest of it is in what systemd reads. */
  @Test
  void contents() throws IOException {
    SystemModel model = new Pipeline(system, List.of()).model();
    Anatomy base = anatomy(new Pipeline(system, List.of(acme)).run(model));
    Trial trial = new Trial("contents");
    List<String> paths =
        List.of(
            "scripts/health-check.sh",
            "containers/app/rootfs-overlay/etc/motd",
            "machines/vm/cloud-init/user-data",
            "machines/vm/cloud-init/meta-data",
            "machines/vm/cloud-init/network-config",
            "machines/vm/cloud-init/vendor-data",
            "credentials/x.cred");
    for (String path : paths) {
      for (Injection injection : Injection.all()) {
        Trees changed = acme.with(path, injection.text().getBytes(StandardCharsets.UTF_8));
        trial.of(path, injection, base, "", at(path), run(model, changed));
      }
    }
    trial.check();
  }

  private Trial.Run run(SystemModel model, Trees tenant) {
    return () -> new Pipeline(system, List.of(tenant)).run(model);
  }

  private static Anatomy anatomy(Outcome outcome) {
    assertThat(outcome.findings()).isEmpty();
    return outcome.anatomy().orElseThrow();
  }

  /** An error at a file, or at a directory on the way to it; a name that is too long is nowhere. */
  private static Predicate<List<Diagnostic>> at(String path) {
    return findings ->
        findings.stream()
            .anyMatch(finding ->
                finding.severity() == Severity.ERROR
                    && (!finding.location().path().isEmpty() || path.length() > 255)
                    && ("/" + path + "/")
                        .startsWith(("/" + finding.location().path() + "/").replace("//", "/")));
  }
}
