package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;
import static io.bitbuilder.hypervisor.schema.Consequence.RESTART;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.VerifyMode;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** .gitops/config.yaml of the system repository. */
final class SystemConfigFile {
  static final String DEFAULT_REGISTRY = "tenants/registry.json";

  static final Scalar<VerifyMode> VERIFY_MODES =
      Types.choice(
          Types.words(
              List.of("require", "warn", "off"),
              List.of(VerifyMode.REQUIRE, VerifyMode.WARN, VerifyMode.OFF)),
          Set.of());

  private static final String API_VERSION = "bitbuilder.io/v1";

  private static final Key<Duration> INTERVAL =
      Key.of("interval", Amounts.DURATION, LIVE, "Time between two fetches.")
          .or(Duration.ofSeconds(60), "60s");
  private static final Key<Duration> TIMEOUT =
      Key.of("timeout", Amounts.DURATION, LIVE, "Limit for one repository.")
          .or(Duration.ofSeconds(30), "30s");
  private static final Key<Integer> CONCURRENCY =
      Key.of("concurrency", Amounts.integer(1, 1024), LIVE, "Repositories fetched at once.")
          .or(32, "32");
  private static final Key<Values> SYNC =
      Key.of("sync", Shape.of("sync", INTERVAL, TIMEOUT, CONCURRENCY), LIVE, "Fetching.");

  private static final Key<String> REGISTRY =
      Key.of("registry", Vocabulary.FILE, LIVE, "The file that names the tenants.")
          .or(DEFAULT_REGISTRY, DEFAULT_REGISTRY);
  private static final Key<List<String>> DIRECTORIES =
      Key.of(
          "directories",
          new ListOf<>(Addresses.DIRECTORY),
          LIVE,
          "Directories of this host; each bare repository named tenant-* in one is a tenant.");
  private static final Key<Values> DEFAULT_QUOTA =
      Key.of(
          "defaultQuota",
          QuotaKeys.SHAPE,
          LIVE,
          "The quota of tenants found in directories, and of registered ones that have none.");
  private static final Key<Values> DISCOVERY =
      Key.of(
          "discovery",
          Shape.of("discovery", REGISTRY, DIRECTORIES, DEFAULT_QUOTA),
          LIVE,
          "Where tenants are found.");

  private static final Key<VerifyMode> MODE =
      Key.of("mode", VERIFY_MODES, LIVE, "How tenants' commits are verified.")
          .or(VerifyMode.REQUIRE, "require");
  private static final Key<Duration> MAX_AGE =
      Key.of(
              "maxAge",
              Amounts.DURATION,
              LIVE,
              "How old the newest commit of a repository may become before it is said aloud that"
                  + " nothing new comes, as when somebody withholds it; 0 is for ever.")
          .or(Duration.ZERO, "0");
  private static final Key<Values> VERIFY =
      Key.of("verify", Shape.of("verify", MODE, MAX_AGE), LIVE, "Verification.");

  private static final Key<Integer> RESERVE_CPU =
      Key.of("cpu", Amounts.CPU, LIVE, "Processors.").or(1000, "1");
  private static final Key<ByteSize> RESERVE_MEMORY =
      Key.of("memory", Amounts.SIZE, LIVE, "Memory.").or(new ByteSize(1L << 30), "1G");
  private static final Key<ByteSize> RESERVE_STORAGE =
      Key.of("storage", Amounts.SIZE, LIVE, "Storage.").or(ByteSize.ZERO, "0");
  private static final Key<Values> RESERVE =
      Key.of(
          "reserve",
          Shape.of("reserve", RESERVE_CPU, RESERVE_MEMORY, RESERVE_STORAGE),
          LIVE,
          "Kept for the host itself.");
  private static final Key<Double> OVER_CPU =
      Key.of("cpu", Amounts.decimal(0.1, 100), LIVE, "How often a processor may be promised.")
          .or(4.0, "4.0");
  private static final Key<Double> OVER_MEMORY =
      Key.of("memory", Amounts.decimal(0.1, 100), LIVE, "How often memory may be promised.")
          .or(1.0, "1.0");
  private static final Key<Values> OVERCOMMIT =
      Key.of(
          "overcommit",
          Shape.of("overcommit", OVER_CPU, OVER_MEMORY),
          LIVE,
          "How much more may be promised than there is.");
  private static final Key<Values> HOST =
      Key.of(
          "host", Shape.of("host", RESERVE, OVERCOMMIT), LIVE, "What tenants may have together.");

  private static final Key<String> POOL4 =
      Key.of("ipv4Pool", Addresses.POOL4, RESTART, "What tenants' subnets are cut from.")
          .or("10.128.0.0/9", "10.128.0.0/9");
  private static final Key<String> POOL6 =
      Key.of("ipv6Pool", Addresses.SUBNET6, RESTART, "What tenants' IPv6 subnets are cut from.")
          .or("fd00:b17b::/32", "fd00:b17b::/32");
  private static final Key<String> UPLINK =
      Key.of(
              "uplink",
              Vocabulary.INTERFACE,
              LIVE,
              "The interface to the outside; `auto` for those that default routes lead to.")
          .or("auto", "auto");
  private static final List<String> PRIVATE =
      List.of(
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "fc00::/7",
          "fe80::/10");
  private static final Key<List<String>> PROTECT =
      Key.of(
              "protect",
              new ListOf<>(Addresses.RANGE),
              LIVE,
              "What tenants cannot reach through the uplink, whatever their rules say. Loopback and"
                  + " link-local addresses never can be reached.")
          .or(
              PRIVATE,
              "["
                  + String.join(", ", PRIVATE.stream().map(SystemConfigFile::quoted).toList())
                  + "]");
  private static final Key<Integer> CONNECTIONS =
      Key.of(
              "connections",
              Amounts.integer(16, 1_000_000),
              LIVE,
              "How many connections each tenant may have through the host at a time.")
          .or(16384, "16384");
  private static final Key<Boolean> UNDERLAY =
      Key.of(
              "underlay",
              Types.choice(
                  Types.words(List.of("wireguard", "plain"), List.of(true, false)), Set.of()),
              LIVE,
              "How hosts exchange what networks of mode `vxlan` carry. `plain` is for links that"
                  + " nobody else can read or write.")
          .or(true, "wireguard");
  private static final Key<Values> NETWORK =
      Key.of(
          "network",
          Shape.of("network", POOL4, POOL6, UPLINK, PROTECT, CONNECTIONS, UNDERLAY),
          RESTART,
          "Networks.");

  private static final Key<SortedMap<String, Values>> HOSTS =
      Key.of(
          "hosts",
          HostKeys.BY_NAME,
          LIVE,
          "The hosts that share networks of mode `vxlan`, by name: that of host.yaml or"
              + " /etc/hostname.");

  private static final Key<SortedMap<String, Values>> IMAGES =
      Key.of(
          "images",
          Vocabulary.byImage(ImageKeys.SHAPE),
          RESTART,
          "Images tenants may name. `host`, the host's own /usr, is always there.");

  private static final Key<Duration> DEADLINE =
      Key.of("deadline", Amounts.DURATION, LIVE, "How long a new generation may take to be well.")
          .or(Duration.ofMinutes(5), "5m");
  private static final Key<Boolean> ON_FAILURE =
      Key.of(
              "onFailure",
              Types.choice(
                  Types.words(List.of("rollback", "keep"), List.of(true, false)), Set.of()),
              LIVE,
              "What follows when it is not.")
          .or(true, "rollback");
  private static final Key<Values> HEALTH =
      Key.of("health", Shape.of("health", DEADLINE, ON_FAILURE), LIVE, "Health.");

  private static final Key<Integer> GENERATIONS =
      Key.of("generations", Amounts.integer(2, 1000), LIVE, "Generations kept of each tenant.")
          .or(10, "10");
  private static final Key<Duration> REMOVED =
      Key.of("removedTenants", Amounts.DURATION, LIVE, "How long data of removed tenants is kept.")
          .or(Duration.ofDays(7), "7d");
  private static final Key<Values> RETENTION =
      Key.of("retention", Shape.of("retention", GENERATIONS, REMOVED), LIVE, "What is kept.");

  private static final Key<String> API =
      Key.of(
              "apiVersion",
              Types.choice(Types.words(List.of(API_VERSION), List.of(API_VERSION)), Set.of()),
              LIVE,
              "The version of the format.")
          .or(API_VERSION, API_VERSION);

  static final Shape SHAPE =
      Shape.of(
          ".gitops/config.yaml",
          API,
          SYNC,
          DISCOVERY,
          VERIFY,
          HOST,
          NETWORK,
          HOSTS,
          IMAGES,
          HEALTH,
          RETENTION);

  private SystemConfigFile() {}

  /** The configuration; empty after findings. */
  static Optional<SystemConfig> read(Reading reading) {
    Values values = SHAPE.read(reading.document().root(), reading);
    if (values == null) {
      return Optional.empty();
    }
    positive(values.section(SYNC), INTERVAL);
    positive(values.section(SYNC), TIMEOUT);
    positive(values.section(HEALTH), DEADLINE);
    ImageKeys.check(values.find(IMAGES).orElseGet(TreeMap::new));
    if (values.find(IMAGES).orElseGet(TreeMap::new).containsKey("host")) {
      reading.add(
          Code.BB305,
          reading.document().at("/images/host"),
          "image `host` is the host's own /usr",
          "another name",
          "rename the image");
    }
    return reading.failed() ? Optional.empty() : Optional.of(config(values, reading));
  }

  private static SystemConfig config(Values values, Reading reading) {
    Values sync = values.section(SYNC);
    Values discovery = values.section(DISCOVERY);
    Values verify = values.section(VERIFY);
    Values host = values.section(HOST);
    Values reserve = host.section(RESERVE);
    Values overcommit = host.section(OVERCOMMIT);
    Values network = values.section(NETWORK);
    Values health = values.section(HEALTH);
    Values retention = values.section(RETENTION);
    return new SystemConfig(
        new SystemConfig.Sync(sync.get(INTERVAL), sync.get(TIMEOUT), sync.get(CONCURRENCY)),
        new SystemConfig.Discovery(
            discovery.get(REGISTRY),
            discovery.list(DIRECTORIES),
            QuotaKeys.quota(discovery.section(DEFAULT_QUOTA), QuotaKeys.DEFAULT)),
        new SystemConfig.Verify(verify.get(MODE), verify.get(MAX_AGE)),
        new SystemConfig.Host(
            new Quota(
                reserve.get(RESERVE_CPU),
                reserve.get(RESERVE_MEMORY),
                reserve.get(RESERVE_STORAGE),
                0,
                0),
            overcommit.get(OVER_CPU),
            overcommit.get(OVER_MEMORY)),
        new SystemConfig.Network(
            network.get(POOL4),
            network.get(POOL6),
            network.get(UPLINK),
            network.list(PROTECT),
            network.get(CONNECTIONS)),
        HostKeys.fleet(values.find(HOSTS).orElseGet(TreeMap::new), network.get(UNDERLAY)),
        ImageKeys.images(values.find(IMAGES).orElseGet(TreeMap::new)),
        new SystemConfig.Health(health.get(DEADLINE), health.get(ON_FAILURE)),
        new SystemConfig.Retention(retention.get(GENERATIONS), retention.get(REMOVED)),
        pointer -> reading.document().at(pointer));
  }

  /** In quotes where YAML wants them. */
  private static String quoted(String subnet) {
    return subnet.indexOf(':') < 0 ? subnet : "\"" + subnet + "\"";
  }

  private static void positive(Values values, Key<Duration> key) {
    if (values.has(key) && values.get(key).isZero()) {
      values.reading().add(Code.BB205, values.at(key), "0 is out of range", "more than 0", "");
    }
  }
}
