package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.compiler.SecretUnits;
import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.secret.Ciphertext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a staged generation may contain. Compile is unprivileged and reads hostile input; were it
 * ever taken over, this list is what keeps one tenant's files from becoming another's, or the
 * host's. Everything not named here is refused.
 */
final class Admission {
  private static final int ENTRY_LIMIT = 20_000;
  private static final long CANDIDATE_LIMIT = 16L << 20;
  private static final String TEMPLATES = "/usr/lib/systemd/system/";

  /** Shipped drop-ins a generation may choose: only these say what runs beside a container. */
  private static final Set<String> FRAGMENTS =
      Set.of(
          "/usr/lib/bitbuilder/fragments/host-usr.conf",
          "/usr/lib/bitbuilder/fragments/address.conf");

  /** A mount of a layer, or a variable that names one a helper copies from. */
  private static final Pattern LAYER =
      Pattern.compile(
          "(?:generations/layers/|Environment=(?:SEED|LAYER)=|^CONFIG=\"?)([0-9a-f]{64})(?![0-9a-f])",
          Pattern.MULTILINE);

  private static final Pattern DROP_IN = Pattern.compile("[0-9A-Za-z][0-9A-Za-z._-]*\\.conf");

  /** Never the host's own UIDs, which are the first range. */
  private static final long UID_RANGE = 65536;

  private static final long UID_LAST = 0xFFFE_0000L;
  private static final Pattern ADDRESS = Pattern.compile("([0-9]{1,3}(\\.[0-9]{1,3}){3})?");

  private final TenantId tenant;
  private final Report report;
  private final SortedMap<String, StagedTree.Node> nodes = new TreeMap<>();
  private final SortedSet<String> layers = new TreeSet<>();
  private Reach reach;
  private Contents contents;
  private TunnelContents tunnels;

  private Admission(TenantId tenant, Report report) {
    this.tenant = tenant;
    this.report = report;
    this.reach = new Reach(tenant, Set.of());
    this.contents = new Contents(reach);
    this.tunnels = new TunnelContents(reach);
  }

  /**
   * A generation that may be imported.
   *
   * @param inputs the digest of what it was made from
   * @param nodes its files, {@code manifest.json} among them
   * @param layers digests of the layers its mounts name
   * @param claimed what no other tenant may have beside it
   */
  record Admitted(
      String inputs,
      SortedMap<String, StagedTree.Node> nodes,
      SortedSet<String> layers,
      Claims.Claimed claimed) {}

  /** Reads and judges a staged generation; empty exactly when the report has errors. */
  static Optional<Admitted> check(TenantId tenant, Path staged, Report report) {
    Admission admission = new Admission(tenant, report);
    try {
      Candidate candidate = read(staged);
      admission.candidate(candidate);
      if (!report.hasErrors()) {
        return Optional.of(admission.admitted(candidate));
      }
    } catch (IOException | IllegalArgumentException | java.time.DateTimeException e) {
      admission.refuse(
          "", "staged files cannot be read: " + Quote.escape(String.valueOf(e.getMessage())));
    }
    return Optional.empty();
  }

  private Admitted admitted(Candidate candidate) {
    SortedMap<String, String> texts = new TreeMap<>();
    candidate
        .tree()
        .nodes()
        .forEach((path, node) -> {
          if (node instanceof FileTree.Text(String text)) {
            texts.put(path, text);
          }
        });
    return new Admitted(
        candidate.manifest().inputs(),
        nodes,
        layers,
        Claims.Claimed.of(candidate.manifest(), texts));
  }

  /** The digest, when it is one: it becomes part of a path. */
  static String digest(String text) {
    if (!isDigest(text)) {
      throw new IllegalArgumentException("not a digest");
    }
    return text;
  }

  static boolean isDigest(String text) {
    return text.matches("[0-9a-f]{64}");
  }

  private static Candidate read(Path staged) throws IOException {
    byte[] bytes =
        StagedTree.readFile(
                Durable.parent(staged), staged.getFileName().toString(), CANDIDATE_LIMIT)
            .orElseThrow(() -> new IOException("nothing is staged"));
    return Candidate.fromJson(new String(bytes, StandardCharsets.UTF_8));
  }

  private void candidate(Candidate candidate) {
    Manifest manifest = candidate.manifest();
    if (!manifest.tenant().equals(tenant)) {
      refuse("manifest.json", "manifest is of tenant " + Quote.quote(manifest.tenant().value()));
    }
    reach =
        new Reach(
            tenant,
            manifest.resources().stream()
                .map(Compiled.Resource::uidBase)
                .collect(Collectors.toUnmodifiableSet()));
    contents = new Contents(reach);
    tunnels = new TunnelContents(reach);
    manifest.resources().forEach(this::resource);
    if (!ManifestTopology.admits(manifest.topology())) {
      refuse("manifest.json", "networks or rules are not as they are written");
    }
    // Written anew from what was understood, so that nothing unread comes along.
    nodes.put("manifest.json", content(manifest.toJson()));
    if (candidate.tree().nodes().size() > ENTRY_LIMIT) {
      refuse("", "more than " + ENTRY_LIMIT + " compiled files");
      return;
    }
    candidate.tree().nodes().forEach(this::entry);
  }

  /** What activation takes from here: which unit it starts, whom it asks, whose UIDs it gives. */
  private void resource(Compiled.Resource resource) {
    String name = resource.name().value();
    boolean own =
        resource.unit().equals(unit(resource))
            && resource.machine().equals(machine(resource) + "." + tenant)
            && resource.uidBase() >= UID_RANGE
            && resource.uidBase() % UID_RANGE == 0
            && resource.uidBase() <= UID_LAST
            && ADDRESS.matcher(resource.address()).matches()
            && resource.files().stream().allMatch(Admission::isDigest)
            && resource.checks().stream().allMatch(check -> isHanded(resource, check));
    if (!own) {
      refuse(
          "manifest.json",
          resource.kind().word() + " " + Quote.quote(name) + " is not one of this tenant");
    }
  }

  /** A script is handed to the machine it belongs in, and lies among layers. */
  private static boolean isHanded(Compiled.Resource resource, Check check) {
    return !(check instanceof Check.Handed handed)
        || (resource.kind() == Compiled.Resource.Kind.MACHINE
            && resource.name().equals(Tenant.INFRA)
            && isDigest(handed.layer()));
  }

  /** A script runs in the infrastructure instance and nowhere else. */
  private static ResourceName machine(Compiled.Resource resource) {
    return resource.kind() == Compiled.Resource.Kind.SCRIPT ? Tenant.INFRA : resource.name();
  }

  private String unit(Compiled.Resource resource) {
    return switch (resource.kind()) {
      case CONTAINER -> TenantUnits.container(tenant, resource.name());
      case MACHINE -> TenantUnits.machine(tenant, resource.name());
      case SCRIPT ->
          Script.of(resource.name() + ".sh")
              .map(script -> TenantUnits.script(tenant, script))
              .orElse("");
    };
  }

  private static StagedTree.Node content(String text) {
    return new StagedTree.Node.Content(text.getBytes(StandardCharsets.UTF_8), false);
  }

  private void entry(String path, FileTree.Node node) {
    String[] parts = path.split("/", -1);
    boolean allowed = true;
    for (int i = 1; i < parts.length; i++) {
      String[] above = Arrays.copyOf(parts, i);
      allowed &= directory(above);
      nodes.put(String.join("/", above), new StagedTree.Node.Directory());
    }
    switch (node) {
      case FileTree.Link(String target) -> {
        allowed &= link(parts, target);
        nodes.put(path, new StagedTree.Node.Link(target));
      }
      case FileTree.Text(String text) -> {
        allowed &= file(parts, text);
        nodes.put(path, content(text));
      }
    }
    if (!allowed) {
      refuse(path, "compiled file " + Quote.quote(path) + " is not one this tenant may have");
    }
  }

  private boolean directory(String[] parts) {
    return switch (parts.length) {
      case 1 ->
          switch (parts[0]) {
            case "units", "mounts", "nspawn", "network", "wireguard", SecretUnits.DIRECTORY -> true;
            default -> false;
          };
      case 2 ->
          switch (parts[0]) {
            case "units" -> unitDirectory(parts[1]);
            default -> false;
          };
      default -> false;
    };
  }

  private boolean unitDirectory(String name) {
    if (name.equals("tenants.target.wants")) {
      return true;
    }
    int dot = name.lastIndexOf('.');
    String unit = dot < 0 ? "" : name.substring(0, dot);
    return switch (name.substring(dot + 1)) {
      case "d" ->
          reach.isService(unit)
              || reach.isTarget(unit)
              || reach.isSlice(unit)
              || reach.names().isSocket(unit)
              || reach.names().isServer(unit);
      case "wants", "requires", "upholds" -> reach.isTarget(unit);
      default -> false;
    };
  }

  private boolean link(String[] parts, String target) {
    if (parts.length != 3 || !parts[0].equals("units")) {
      return false;
    }
    String unit = parts[2];
    if (parts[1].equals("tenants.target.wants")) {
      return reach.isTarget(unit) && target.equals(TEMPLATES + "tenant@.target");
    }
    if (reach.isService(cut(parts[1], parts[1].endsWith(".d") ? 2 : 0))) {
      return DROP_IN.matcher(unit).matches()
          && FRAGMENTS.contains(target)
          && !isSetup(parts[1])
          && !isWireguard(parts[1])
          && !isSecrets(parts[1]);
    }
    int at = unit.indexOf('@');
    return parts[1].startsWith(TenantUnits.target(tenant) + ".")
        && !parts[1].endsWith(".d")
        && reach.isService(unit)
        && target.equals(TEMPLATES + unit.substring(0, at) + "@.service");
  }

  private boolean file(String[] parts, String content) {
    if (parts.length == 1) {
      findLayers(content);
      return switch (parts[0]) {
        case "tenant.conf" -> new Settings(reach, contents).admits(content);
        case "firewall.nft" -> new FirewallContents(tenant).admits(content);
        default -> false;
      };
    }
    String name = parts[1];
    return switch (parts[0]) {
      case "units" -> {
        findLayers(content);
        yield parts.length == 2
            ? reach.isSlice(name) && contents.slice(content)
            : dropIn(parts) && dropIn(parts[1], content);
      }
      case "mounts" -> {
        findLayers(content);
        yield parts.length == 2 && reach.isMountUnit(name) && contents.mount(content);
      }
      case "nspawn" -> {
        findLayers(content);
        yield parts.length == 2 && isSettingsFile(name) && contents.nspawn(content);
      }
      case "network" -> parts.length == 2 && contents.network(name, content);
      case "wireguard" -> parts.length == 2 && tunnels.conf(name, content);
      case SecretUnits.DIRECTORY -> parts.length == 2 && isSecret(name, content);
      default -> false;
    };
  }

  /** The ciphertext of one of the tenant's secrets, letter by letter as it is written. */
  private static boolean isSecret(String name, String content) {
    return name.endsWith(".cred")
        && Ciphertext.isName(cut(name, ".cred".length()))
        && Ciphertext.parse(content.getBytes(StandardCharsets.UTF_8))
            instanceof Ciphertext.Parsed.Read(Ciphertext ciphertext)
        && ciphertext.text().equals(content);
  }

  private void findLayers(String content) {
    Matcher matcher = LAYER.matcher(content);
    while (matcher.find()) {
      layers.add(matcher.group(1));
    }
  }

  private static boolean dropIn(String[] parts) {
    return parts.length == 3 && parts[1].endsWith(".d") && DROP_IN.matcher(parts[2]).matches();
  }

  private boolean dropIn(String directory, String content) {
    if (isWireguard(directory)) {
      return tunnels.service(content);
    }
    if (isSecrets(directory)) {
      return false;
    }
    if (isSetup(directory)) {
      return Contents.storage(content);
    }
    String unit = cut(directory, ".d".length());
    if (reach.names().isSocket(unit)) {
      return contents.namesSocket(content);
    }
    return reach.names().isServer(unit) ? contents.namesServer(content) : contents.dropIn(content);
  }

  private boolean isWireguard(String directory) {
    return directory.equals(TenantUnits.wireguard(tenant) + ".d");
  }

  /** It is told nothing beyond its template. */
  private boolean isSecrets(String directory) {
    return directory.equals(TenantUnits.secrets(tenant) + ".d");
  }

  private boolean isSetup(String directory) {
    return directory.equals(TenantUnits.setup(tenant) + ".d");
  }

  private boolean isSettingsFile(String name) {
    return name.endsWith(".nspawn") && reach.isMachine(cut(name, ".nspawn".length()));
  }

  private static String cut(String text, int end) {
    return text.substring(0, text.length() - end);
  }

  private void refuse(String path, String message) {
    refuse(tenant, path, message, report);
  }

  static void refuse(TenantId tenant, String path, String message, Report report) {
    report.add(Code.BB605, Location.ofFile(tenant.value(), "", path), message, "");
  }
}
