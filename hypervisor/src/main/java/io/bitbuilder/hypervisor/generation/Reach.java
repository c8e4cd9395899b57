package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.compiler.SecretUnits;
import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.unitfile.UnitName;
import io.bitbuilder.hypervisor.unitfile.Words;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What is one tenant's own: its paths, units, machines, credentials and ranges of UIDs. */
final class Reach {
  static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  static final Pattern SUBNET = Pattern.compile(ADDRESS + "/[0-9]{1,2}");
  static final Pattern ADDRESS6 = Pattern.compile("[0-9a-f:]{2,39}");
  static final Pattern SUBNET6 = Pattern.compile(ADDRESS6 + "/64");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{3,5}");
  private static final Pattern PLACES = Pattern.compile(SUBNET + " " + ADDRESS6 + "/64");
  private static final Pattern GATEWAYS = Pattern.compile(ADDRESS + " " + ADDRESS6);
  static final Pattern MAC = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");
  private static final Pattern IMAGE_UNIT =
      Pattern.compile("bitbuilder-image@[0-9a-f]{64}\\.service");
  private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._+@=~-]+)+");
  private static final Pattern MARKER =
      Pattern.compile("/var/lib/tenants/[a-z0-9-]+/scripts/pre-provision-[0-9a-f]{64}");

  /** The tenant's own scripts, as files of its infrastructure instance. */
  private static final Pattern SCRIPTS =
      Pattern.compile(
          "/var/lib/bitbuilder/generations/layers/[0-9a-f]{64}:/infra/scripts:idmap,norbind");

  private static final Pattern CREDENTIAL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private final TenantId tenant;
  private final Set<Long> uidBases;
  private final MachineReach machines;
  private final NamesReach names;

  /**
   * The reach of one tenant.
   *
   * @param uidBases the first UIDs of its guests' ranges
   */
  Reach(TenantId tenant, Set<Long> uidBases) {
    this.tenant = tenant;
    this.uidBases = uidBases;
    this.machines = new MachineReach(tenant, uidBases);
    this.names = new NamesReach(tenant);
  }

  /** What of it belongs to virtual machines. */
  MachineReach machines() {
    return machines;
  }

  /** What of it belongs to name servers. */
  NamesReach names() {
    return names;
  }

  boolean isSlice(String unit) {
    return unit.equals(TenantUnits.slice(tenant));
  }

  boolean isTarget(String unit) {
    return unit.equals(TenantUnits.target(tenant));
  }

  boolean isService(String unit) {
    return unit.equals(TenantUnits.setup(tenant))
        || unit.equals(TenantUnits.network(tenant))
        || isOfContainer("tenant-container@", unit)
        || isOfContainer("tenant-scratch@", unit)
        || isWireguard(unit)
        || isSecrets(unit)
        || isScript(unit)
        || machines.isUnit(unit);
  }

  /** What makes its tunnels. */
  boolean isWireguard(String unit) {
    return unit.equals(TenantUnits.wireguard(tenant));
  }

  /** What opens its secrets. */
  boolean isSecrets(String unit) {
    return unit.equals(TenantUnits.secrets(tenant));
  }

  /** What looks up where its peers are. */
  boolean isEndpointsTimer(String unit) {
    return unit.equals(TenantUnits.endpointsTimer(tenant));
  }

  /** What answers the tenant or runs its health check, and what starts that. */
  boolean isOnDemand(String unit) {
    return unit.equals(TenantUnits.infraSocket(tenant))
        || unit.equals(TenantUnits.infraManager(tenant))
        || unit.equals(TenantUnits.healthTimer(tenant));
  }

  private boolean isScript(String unit) {
    return List.of(Script.values()).stream()
        .anyMatch(script -> unit.equals(TenantUnits.script(tenant, script)));
  }

  /** What the first script leaves when it has succeeded. */
  boolean isMarker(String path) {
    return MARKER.matcher(path).matches() && path.startsWith("/var/lib/tenants/" + tenant + "/");
  }

  private boolean isOfContainer(String template, String unit) {
    String prefix = template + escaped() + "-";
    return unit.startsWith(prefix)
        && unit.endsWith(".service")
        && unit.length() > prefix.length() + ".service".length()
        && isName(unit.substring(prefix.length(), unit.length() - ".service".length()));
  }

  /** An escaped resource name, without any dash of its own. */
  static boolean isName(String text) {
    return text.indexOf('-') < 0 && ResourceName.isValid(text.replace("\\x2d", "-"));
  }

  /** Mount units carry their path in their name, and systemd refuses one that lies about it. */
  boolean isMountUnit(String unit) {
    return unit.endsWith(".mount")
        && (unit.startsWith("run-tenants-" + escaped() + "-")
            || unit.startsWith("var-lib-tenants-" + escaped() + "-"));
  }

  private String escaped() {
    return UnitName.escape(tenant.value());
  }

  boolean isShift(String option) {
    return uidBases.stream().anyMatch(base -> option.equals("X-mount.idmap=0:" + base + ":65536"));
  }

  boolean isLayering(String option) {
    int equals = option.indexOf('=');
    return switch (option.substring(0, Math.max(0, equals))) {
      case "lowerdir" ->
          List.of(option.substring(equals + 1).split(":", -1)).stream().allMatch(this::isOwnPath);
      case "upperdir", "workdir" -> isOwnPath(option.substring(equals + 1));
      default -> false;
    };
  }

  boolean isVariable(String value) {
    String text = Words.unquoted(value);
    int equals = text.indexOf('=');
    if (equals < 1) {
      return false;
    }
    String name = text.substring(0, equals);
    String content = text.substring(equals + 1);
    if (!Words.environment(name, content).equals(value)) {
      return false;
    }
    return switch (name) {
      case "MACHINE" -> isMachine(content);
      case "ROOTFS", "USR", "SCRATCH" -> isOwnPath(content);
      case "UIDBASE" -> uidBases.stream().anyMatch(base -> content.equals(base.toString()));
      case "SYSTEMD_NSPAWN_NETWORK_MAC" -> MAC.matcher(content).matches();
      case "ADDRESS" -> PLACES.matcher(content).matches();
      case "MTU" -> NUMBER.matcher(content).matches();
      case "GATEWAY" -> GATEWAYS.matcher(content).matches();
      case "SCRIPT" ->
          List.of(Script.values()).stream()
              .anyMatch(script -> content.equals(Tenant.SCRIPTS + "/" + script.file()));
      case "MARKER" -> isMarker(content);
      case "STANDING" -> content.equals("/run/tenants/" + tenant + "/health");
      // After `--`: it is run inside.
      case "COMMAND" -> true;
      case "ARGUMENTS" -> {
        List<String> words = Words.words(content);
        yield Words.variable(words).equals(content) && words.stream().allMatch(this::isArgument);
      }
      default -> machines.isVariable(name, content);
    };
  }

  boolean isArgument(String word) {
    if (machines.isArgument(word)) {
      return true;
    }
    String credential = "--load-credential=";
    if (word.startsWith(credential)) {
      int colon = word.indexOf(':');
      return colon > 0
          && CREDENTIAL.matcher(word.substring(credential.length(), colon)).matches()
          && isCredential(word.substring(colon + 1));
    }
    return word.equals("--boot") || word.equals("--as-pid2") || word.startsWith("--setenv=");
  }

  boolean isCredential(String name) {
    String own = "tenant." + tenant + ".";
    return name.startsWith(own) && CREDENTIAL.matcher(name.substring(own.length())).matches();
  }

  /** One of its own secrets, where it is ready for guests, under the name it was encrypted for. */
  boolean isSecret(String value) {
    int colon = value.indexOf(':');
    return colon > 0
        && isCredential(value.substring(0, colon))
        && value.substring(colon + 1).equals(SecretUnits.STORE + value.substring(0, colon));
  }

  boolean isMachine(String name) {
    String suffix = "." + tenant;
    return name.endsWith(suffix)
        && ResourceName.isValid(name.substring(0, name.length() - suffix.length()));
  }

  boolean isNspawnFile(String path) {
    String start = "/run/systemd/nspawn/";
    String end = ".nspawn";
    return path.startsWith(start)
        && path.endsWith(end)
        && isMachine(path.substring(start.length(), path.length() - end.length()));
  }

  boolean isLogFields(String value) {
    String start = "TENANT=" + tenant + " CONTAINER=";
    return value.equals("TENANT=" + tenant)
        || (value.startsWith(start) && ResourceName.isValid(value.substring(start.length())))
        || machines.isLogFields(value);
  }

  boolean areOwnUnits(String value) {
    return List.of(value.split(" ", -1)).stream()
        .allMatch(unit ->
            isTarget(unit)
                || isService(unit)
                || isOnDemand(unit)
                || names.isSocket(unit)
                || IMAGE_UNIT.matcher(unit).matches());
  }

  boolean areOwnPaths(String value) {
    return List.of(value.split(" ", -1)).stream().allMatch(this::isOwnPath);
  }

  boolean isOwnPath(String path) {
    return (path.startsWith("/var/lib/tenants/" + tenant + "/")
            || path.startsWith("/run/tenants/" + tenant + "/"))
        && PATH.matcher(path).matches()
        && List.of(path.split("/", -1)).stream()
            .noneMatch(part -> part.equals("..") || part.equals("."));
  }

  /** {@code UID:PATH} of tenant.conf. */
  boolean isDirectory(String entry) {
    int colon = entry.indexOf(':');
    String uid = entry.substring(0, Math.max(0, colon));
    String path = entry.substring(colon + 1);
    return isOwnPath(path)
        && (uid.equals("0")
            ? path.startsWith("/var/lib/tenants/" + tenant + "/volumes/")
                || path.equals("/var/lib/tenants/" + tenant + "/infra/scripts")
            : uidBases.stream().anyMatch(base -> uid.equals(base.toString())));
  }

  boolean isRange(String value) {
    return uidBases.stream().anyMatch(base -> value.equals(base + ":65536"));
  }

  boolean isUsr(String value) {
    String end = ":/usr";
    return value.endsWith("/usr" + end)
        && isOwnPath(value.substring(0, value.length() - end.length()))
        && value.startsWith("/run/");
  }

  /** What an infrastructure instance sees of its tenant, and the socket it asks on. */
  boolean isInfra(String value) {
    return value.equals("/var/lib/tenants/" + tenant + "/infra:/infra:idmap,norbind")
        || value.equals("/run/tenants/" + tenant + "/infra:/run/bitbuilder:idmap,norbind")
        || SCRIPTS.matcher(value).matches();
  }

  /** A volume of the tenant at one place inside: no more fields than these three. */
  boolean isVolume(String value) {
    String start = "/var/lib/tenants/" + tenant + "/volumes/";
    String end = ":idmap,norbind";
    int colon = value.indexOf(':');
    if (!value.startsWith(start)
        || !value.endsWith(end)
        || colon >= value.length() - end.length()) {
      return false;
    }
    String inside = value.substring(colon + 1, value.length() - end.length());
    return ResourceName.isValid(value.substring(start.length(), colon))
        && inside.startsWith("/")
        && !inside.contains("/../")
        && !inside.endsWith("/..")
        && Words.field(inside.replace("\\:", ":").replace("\\\\", "\\")).equals(inside);
  }
}
