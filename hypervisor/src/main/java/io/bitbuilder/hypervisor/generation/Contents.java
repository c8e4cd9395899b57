package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the files of a staged generation may say: which keys of which sections, and which values.
 * Everything else is refused, whoever wrote it; what a compiler that was taken over could still do
 * stays inside its tenant.
 *
 * <p>A file is taken only when it is, letter by letter, what printing its settings gives. Nothing
 * hides in a comment or in a line that goes on.
 */
final class Contents {
  private static final Pattern SHARED =
      Pattern.compile(
          "/var/lib/bitbuilder/images/(host|[0-9a-f]{64})"
              + "|/run/bitbuilder/images/[0-9a-f]{64}"
              + "|/var/lib/bitbuilder/generations/layers/[0-9a-f]{64}");

  private static final Pattern SIZE = Pattern.compile("[0-9]{1,19}[KMGT]?");
  static final Pattern AMOUNT = Pattern.compile("[0-9]{1,20}(\\.[0-9]{1,3})?[KMGTs%]*");

  /** Names plan hands out or lets a tenant wish for; none that the host uses itself. */
  static final Pattern BRIDGE = Pattern.compile("b[br]-[a-z0-9-]{1,12}");

  static final Predicate<String> YES = "yes"::equals;
  static final Predicate<String> NO = "no"::equals;
  private static final Predicate<String> OFF = "off"::equals;
  static final Predicate<String> FLAG = Set.of("yes", "no")::contains;

  private static final Map<String, Predicate<String>> LIMITS =
      Map.of(
          "CPUQuota", matches(AMOUNT),
          "CPUWeight", matches(AMOUNT),
          "MemoryMax", matches(AMOUNT),
          "MemoryHigh", matches(AMOUNT),
          "MemorySwapMax", matches(AMOUNT),
          "TasksMax", matches(AMOUNT),
          "IOWeight", matches(AMOUNT));

  private final Reach reach;

  Contents(Reach reach) {
    this.reach = reach;
  }

  /** What setup-tenant@ is told beyond its template: how much of the disk its tenant may have. */
  static boolean storage(String text) {
    return says(text, Map.of("Service", Map.of("StateDirectoryQuota", matches(SIZE))));
  }

  boolean slice(String text) {
    return says(text, Map.of("Unit", Map.of("Description", Contents::any), "Slice", LIMITS));
  }

  /** A drop-in of one of the tenant's services. */
  boolean dropIn(String text) {
    Map<String, Predicate<String>> service =
        new HashMap<>(
            Map.of(
                "Slice", reach::isSlice,
                "User", reach.machines()::isUser,
                "BindPaths", reach.machines()::isDirectory,
                "EnvironmentFile", reach.machines()::isBootFile,
                "SyslogIdentifier", value -> reach.isMachine(value) || Script.of(value).isPresent(),
                "LogExtraFields", reach::isLogFields,
                "Environment", reach::isVariable,
                "ImportCredential", reach::isCredential,
                "Restart", Set.of("no", "on-failure", "always")::contains,
                "TimeoutStartSec", matches(AMOUNT)));
    service.put("RemainAfterExit", NO);
    service.put("LoadCredentialEncrypted", reach::isSecret);
    service.putAll(LIMITS);
    return says(
        text,
        Map.of(
            "Unit",
            Map.of(
                "Description", Contents::any,
                "PartOf", reach::areOwnUnits,
                "Requires", reach::areOwnUnits,
                "Wants", reach::areOwnUnits,
                "After", reach::areOwnUnits,
                "RequiresMountsFor", reach::areOwnPaths,
                "AssertPathExists", path -> reach.isNspawnFile(path) || reach.isMarker(path)),
            "Service",
            service));
  }

  /** A drop-in of the socket of a name server. */
  boolean namesSocket(String text) {
    return says(
        text,
        Map.of(
            "Unit",
            Map.of("Description", Contents::any, "PartOf", reach::isTarget),
            "Socket",
            Map.of(
                "ListenDatagram", reach.names()::isListening,
                "ListenStream", reach.names()::isListening)));
  }

  /** A drop-in of a name server. */
  boolean namesServer(String text) {
    return says(
        text,
        Map.of(
            "Unit",
            Map.of("Description", Contents::any),
            "Service",
            Map.of(
                "LogExtraFields", reach::isLogFields,
                "BindReadOnlyPaths", reach.names()::isGenerations,
                "Environment", reach.names()::isVariable,
                "RestrictAddressFamilies", "AF_UNIX"::equals,
                "PrivateNetwork", NO,
                "IPAddressAllow", reach.names()::areServers)));
  }

  boolean mount(String text) {
    boolean known =
        says(
            text,
            Map.of(
                "Unit",
                Map.of(
                    "Description", Contents::any,
                    "DefaultDependencies", NO,
                    "Conflicts", "umount.target"::equals,
                    "Before", "umount.target"::equals,
                    "Requires", reach::areOwnUnits,
                    "After", reach::areOwnUnits,
                    "PartOf", reach::areOwnUnits,
                    "StopWhenUnneeded", YES,
                    "RequiresMountsFor", reach::areOwnPaths),
                "Mount",
                Map.of(
                    "What",
                    Contents::any,
                    "Where",
                    reach::isOwnPath,
                    "Type",
                    Contents::any,
                    "Options",
                    Contents::any)));
    return known && isMount(UnitFile.parse(text));
  }

  /** Shared files only read-only and shifted away from the host's root; the rest is its own. */
  private boolean isMount(UnitFile file) {
    String what = only(file, "Mount", "What");
    List<String> options = List.of(only(file, "Mount", "Options").split(",", -1));
    return !only(file, "Mount", "Where").isEmpty()
        && switch (only(file, "Mount", "Type")) {
          case "none" ->
              SHARED.matcher(what).matches()
                  && options.size() == 4
                  && options.containsAll(List.of("bind", "ro", "nodev"))
                  && reach.isShift(options.getLast());
          case "overlay" -> what.equals("overlay") && options.stream().allMatch(reach::isLayering);
          case "tmpfs" ->
              what.equals("tmpfs")
                  && options.size() == 4
                  && options.containsAll(List.of("mode=0700", "nosuid", "nodev"))
                  && options.getLast().startsWith("size=")
                  && AMOUNT.matcher(options.getLast().substring("size=".length())).matches();
          default -> false;
        };
  }

  boolean nspawn(String text) {
    return says(
        text,
        Map.of(
            "Exec",
            Map.of(
                "PrivateUsers",
                reach::isRange,
                "MachineID",
                value -> value.matches("[0-9a-f]{32}"),
                "Hostname",
                ResourceName::isValid,
                "NotifyReady",
                FLAG,
                "LinkJournal",
                NO,
                "ResolvConf",
                OFF,
                "Timezone",
                OFF,
                "RestrictAddressFamilies",
                "AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET"::equals,
                "KillSignal",
                "SIGRTMIN+3"::equals,
                "Capability",
                value -> Container.CAPABILITIES.containsAll(List.of(value.split(" ", -1)))),
            "Files",
            Map.of(
                "ReadOnly",
                FLAG,
                "Volatile",
                "state"::equals,
                "PrivateUsersOwnership",
                OFF,
                "BindReadOnly",
                value ->
                    reach.isUsr(value)
                        || reach.isVolume(value)
                        || reach.isInfra(value)
                        || reach.names().isResolver(value),
                "Bind",
                reach::isVolume),
            "Network",
            Map.of("Private", YES, "Bridge", matches(BRIDGE), "VirtualEthernet", NO)));
  }

  static boolean isBridge(String name) {
    return BRIDGE.matcher(name).matches();
  }

  /** A network or netdev file of one interface, named after it. */
  boolean network(String name, String text) {
    return new NetworkContents(reach).admits(name, text);
  }

  /** {@code UID:PATH} of tenant.conf. */
  boolean directory(String entry) {
    return reach.isDirectory(entry);
  }

  static boolean says(String text, Map<String, Map<String, Predicate<String>>> rules) {
    UnitFile file;
    try {
      file = UnitFile.parse(text);
    } catch (IllegalArgumentException _) {
      return false;
    }
    return file.toString().equals(text)
        && file.sections().stream()
            .allMatch(section -> {
              Map<String, Predicate<String>> keys = rules.getOrDefault(section.name(), Map.of());
              return rules.containsKey(section.name())
                  && section.entries().stream()
                      .allMatch(entry ->
                          keys.containsKey(entry.key())
                              && keys.get(entry.key()).test(entry.value()));
            });
  }

  private static String only(UnitFile file, String section, String key) {
    List<String> values = file.values(section, key);
    return values.size() == 1 ? values.getFirst() : "";
  }

  static boolean any(String value) {
    return !value.isEmpty();
  }

  static Predicate<String> matches(Pattern pattern) {
    return pattern.asMatchPredicate();
  }
}
