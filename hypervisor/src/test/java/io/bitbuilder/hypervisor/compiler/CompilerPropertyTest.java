package io.bitbuilder.hypervisor.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.compiler.FileTree.Text;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedContainer;
import io.bitbuilder.hypervisor.unitfile.Systemd;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import io.bitbuilder.hypervisor.unitfile.UnitName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every tenant, whatever it writes. */
class CompilerPropertyTest {
  private static final int TENANTS = 60;

  private static Compiled compile(ResolvedTenant tenant) {
    return Compiler.compile(tenant, Inputs.HEALTH, Inputs.TEMPLATES);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theOrderOfPartsAndTheLocaleDoNotMatter(long seed) {
    Random random = new Random(seed);
    Locale here = Locale.getDefault();
    for (int i = 0; i < TENANTS; i++) {
      ResolvedTenant tenant = tenant("acme", 1, random).resolve();
      Compiled compiled = compile(tenant);
      try {
        Locale.setDefault(Locale.forLanguageTag(random.nextBoolean() ? "ar-EG-u-nu-arab" : "tr"));
        assertThat(compile(shuffled(tenant, random))).isEqualTo(compiled);
      } finally {
        Locale.setDefault(here);
      }
    }
  }

  private static ResolvedTenant shuffled(ResolvedTenant tenant, Random random) {
    List<ResolvedContainer> containers = new ArrayList<>();
    for (ResolvedContainer container : tenant.containers()) {
      containers.add(
          new ResolvedContainer(
              shuffled(container.declared(), random),
              container.machineName(),
              container.uidBase(),
              container.machineId(),
              container.image(),
              container.port()));
    }
    List<ResolvedTenant.Network> networks = new ArrayList<>(tenant.networks());
    Collections.shuffle(containers, random);
    Collections.shuffle(networks, random);
    return new ResolvedTenant(
        tenant.id(),
        tenant.name(),
        tenant.commit(),
        tenant.claim(),
        tenant.limits(),
        networks,
        containers,
        List.of(),
        tenant.tunnels(),
        tenant.firewall(),
        tenant.outside(),
        List.of(),
        new java.util.TreeMap<>());
  }

  /** Only an overlay is a set; the order of volumes and words has a meaning. */
  private static Container shuffled(Container container, Random random) {
    List<SourceTree.Entry> overlay = new ArrayList<>(container.overlay());
    Collections.shuffle(overlay, random);
    return new Container(
        container.name(),
        container.uid(),
        container.image(),
        container.command(),
        container.environment(),
        container.ephemeral(),
        container.readOnly(),
        container.autostart(),
        container.capabilities(),
        container.networks(),
        container.labels(),
        container.ports(),
        container.volumes(),
        container.credentials(),
        container.limits(),
        container.restart(),
        container.checks(),
        overlay,
        container.origin());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyFileIsTheTenantsAndNoTwoTenantsShareOne(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < TENANTS; i++) {
      Set<String> seen = new HashSet<>();
      int index = 0;
      for (String id : List.of("acme", "acme-2", "a")) {
        Set<String> paths = compile(tenant(id, index++, random).resolve()).tree().nodes().keySet();
        assertThat(paths).allSatisfy(path -> assertThat(isOf(path, id)).as(path).isTrue());
        assertThat(paths)
            .filteredOn(path -> !path.equals("tenant.conf") && !path.equals("firewall.nft"))
            .allSatisfy(path -> assertThat(seen.add(path)).isTrue());
      }
    }
  }

  private static boolean isOf(String path, String id) {
    String escaped = UnitName.escape(id);
    String name = path.substring(path.lastIndexOf('/') + 1);
    String bridge = "network/40-bb-" + id.substring(0, Math.min(4, id.length()));
    return path.equals("tenant.conf")
        || path.equals("firewall.nft")
        || path.equals("units/tenants-" + escaped + ".slice")
        || path.equals("units/tenants.target.wants/tenant@" + escaped + ".target")
        || path.equals("units/setup-tenant@" + escaped + ".service.d/50-storage.conf")
        || path.startsWith("units/tenant@" + escaped + ".target.wants/tenant-container@" + escaped)
        || path.startsWith("units/tenant-container@" + escaped + "-")
        || path.startsWith("units/tenant-scratch@" + escaped + "-")
        || path.startsWith("units/tenant-names@" + escaped + "-")
        || path.startsWith("mounts/run-tenants-" + escaped + "-containers-")
        || (path.startsWith("nspawn/") && name.endsWith("." + id + ".nspawn"))
        || path.startsWith(bridge);
  }

  /** Command, environment and paths come out of the files as the tenant wrote them. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void textOfATenantReachesTheContainerUnchanged(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < TENANTS; i++) {
      ResolvedTenant tenant = tenant("acme", 1, random).resolve();
      FileTree tree = compile(tenant).tree();
      for (ResolvedContainer container : tenant.containers()) {
        Container declared = container.declared();
        String unit = TenantUnits.container(tenant.id(), declared.name());
        UnitFile service = file(tree, "units/" + unit + ".d/50-container.conf");
        assertThat(words(service, "ARGUMENTS")).isEqualTo(arguments(declared));
        if (!declared.boots()) {
          assertThat(words(service, "COMMAND")).isEqualTo(declared.command());
        }
        UnitFile nspawn = file(tree, "nspawn/" + container.machineName() + ".nspawn");
        assertThat(places(nspawn))
            .isEqualTo(declared.volumes().stream().map(Container.Volume::path).toList());
      }
    }
  }

  private static UnitFile file(FileTree tree, String path) {
    if (tree.nodes().get(path) instanceof Text(String content)) {
      return UnitFile.parse(content);
    }
    throw new AssertionError("no file " + path);
  }

  private static List<String> words(UnitFile service, String variable) {
    for (String value : service.values("Service", "Environment")) {
      List<String> assignments = Systemd.environment(value);
      assertThat(assignments).hasSize(1);
      if (assignments.getFirst().startsWith(variable + "=")) {
        return Systemd.variable(assignments.getFirst().substring(variable.length() + 1));
      }
    }
    throw new AssertionError("no variable " + variable);
  }

  private static List<String> arguments(Container declared) {
    List<String> arguments = new ArrayList<>();
    arguments.add(declared.boots() ? "--boot" : "--as-pid2");
    declared.environment().forEach((key, value) -> arguments.add("--setenv=" + key + "=" + value));
    return arguments;
  }

  private static List<String> places(UnitFile nspawn) {
    List<String> places = new ArrayList<>();
    for (String value : nspawn.values("Files", "Bind")) {
      List<String> fields = Systemd.fields(value);
      assertThat(fields).hasSize(3);
      assertThat(fields.getFirst()).startsWith("/var/lib/tenants/acme/volumes/");
      assertThat(fields.getLast()).isEqualTo("idmap,norbind");
      places.add(fields.get(1));
    }
    return places;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aChangedContainerIsTheOnlyOneThatChanges(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < TENANTS; i++) {
      long shape = random.nextLong();
      String changed = List.of("a", "b", "c", "d").get(random.nextInt(4));
      TenantInput before = new TenantInput("acme", 1).network("dmz");
      TenantInput after = new TenantInput("acme", 1).network("dmz");
      for (String name : List.of("a", "b", "c", "d")) {
        before.container(container(name, new Random(shape + name.hashCode())));
        ContainerInput same = container(name, new Random(shape + name.hashCode()));
        after.container(name.equals(changed) ? same.set("CHANGED", "yes") : same);
      }
      List<Compiled.Resource> old = compile(before.resolve()).resources();
      List<Compiled.Resource> now = compile(after.resolve()).resources();
      for (int n = 0; n < old.size(); n++) {
        if (old.get(n).name().value().equals(changed)) {
          assertThat(now.get(n).restartDigest()).isNotEqualTo(old.get(n).restartDigest());
          assertThat(now.get(n).liveDigest()).isEqualTo(old.get(n).liveDigest());
        } else {
          assertThat(now.get(n)).isEqualTo(old.get(n));
        }
      }
    }
  }

  private static TenantInput tenant(String id, int index, Random random) {
    TenantInput tenant = new TenantInput(id, index);
    switch (random.nextInt(4)) {
      case 0 -> tenant.offline();
      case 1 -> tenant.network("dmz").withoutDhcp();
      default -> tenant.network("dmz");
    }
    for (String name : List.of("web", "db", "ci-2", "b")) {
      if (random.nextInt(4) > 0) {
        tenant.container(container(name, random));
      }
    }
    return tenant;
  }

  private static ContainerInput container(String name, Random random) {
    ContainerInput container = new ContainerInput(name);
    for (int count = random.nextInt(5); count > 0; count--) {
      switch (random.nextInt(9)) {
        case 0 -> container.set("KEY_" + random.nextInt(3), text(random));
        case 1 -> container.command(text(random) + "x", text(random), text(random));
        case 2 -> container.volume("v" + random.nextInt(3), place(random), false);
        case 3 -> container.ephemeral();
        case 4 -> container.readOnly();
        case 5 -> container.overlay("etc/motd", "etc/hosts", "usr/bin/x" + random.nextInt(3));
        case 6 -> container.in("dmz");
        case 7 -> container.lazy();
        case 8 -> container.image(image(random));
        default -> throw new AssertionError();
      }
    }
    return container;
  }

  private static CatalogueImage image(Random random) {
    return random.nextBoolean() ? Inputs.TAR : Inputs.RAW;
  }

  private static String place(Random random) {
    return "/" + text(random).replace("\n", "").replace("\t", "").replace(" ", "") + "/x";
  }

  private static String text(Random random) {
    List<String> pieces =
        List.of("a", "%h", "%%", "$", "${HOME}", "\"", "'", "\\", "\\n", " ", "\n", "\t", "=", ":")
            .subList(0, 1 + random.nextInt(14));
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(8); length > 0; length--) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.toString();
  }
}
