package io.bitbuilder.testbed;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A host that runs the product, with its system repository and its tenants' repositories. Nothing
 * is fetched by itself: the timer is off and tests call {@link #sync}.
 */
public final class Site {
  private static final String CONFIG =
      """
      apiVersion: bitbuilder.io/v1
      verify: {mode: off}
      host:
        reserve: {cpu: 0.1, memory: 64M}
        overcommit: {cpu: 100.0, memory: 100.0}
      health: {deadline: 20s, onFailure: rollback}
      """;

  private final Host host;
  private final GitServer git;
  private final String credential;
  private final Map<String, String> registry = new LinkedHashMap<>();
  private final Map<String, String> systemFiles = new TreeMap<>();
  private final Map<String, String> signers = new LinkedHashMap<>();
  private String config = CONFIG;
  private String quota =
      "{\"cpu\": 4, \"memory\": \"4G\", \"storage\": \"10G\", \"containers\": 20, \"machines\": 4}";

  private Site(Host host, GitServer git, String credential) {
    this.host = host;
    this.git = git;
    this.credential = credential;
  }

  /** A host that is told by others, or only looked at. */
  public static Site of(Host host, GitServer git, String credential) {
    return new Site(host, git, credential);
  }

  /** Tells a host with the package where its system repository is, and who it is there. */
  public static Site install(Host host, GitServer git, String credential) {
    Site site = new Site(host, git, credential);
    host.succeeds("systemctl", "stop", "bitbuilder-sync.timer");
    host.sh("systemctl mask --runtime --quiet bitbuilder-sync.timer");
    site.hostFile(
        "systemRepository: {url: %s, ref: main%s}\nverify: off\n"
            .formatted(
                git.url("system"), credential.isEmpty() ? "" : ", credential: " + credential));
    return site;
  }

  /** Writes /etc/bitbuilder/host.yaml. */
  public void hostFile(String yaml) {
    host.write("/etc/bitbuilder/host.yaml", yaml);
  }

  /** The host. */
  public Host host() {
    return host;
  }

  /** The server of the repositories. */
  public GitServer git() {
    return git;
  }

  /** The default .gitops/config.yaml, to change and give to {@link #config}. */
  public static String defaultConfig() {
    return CONFIG;
  }

  /** The same for an emulated host: a fetch takes most of a minute, and what boots takes longer. */
  public static String patientConfig() {
    return defaultConfig().replace("20s", "10m") + "sync: {interval: 10m, timeout: 3m}\n";
  }

  /** Replaces .gitops/config.yaml; takes effect with {@link #publish}. */
  public Site config(String yaml) {
    config = yaml;
    return this;
  }

  /**
   * Adds a file to the system repository, or takes it out when empty; takes effect with publish.
   */
  public Site systemFile(String path, String content) {
    if (content.isEmpty()) {
      systemFiles.remove(path);
    } else {
      systemFiles.put(path, content);
    }
    return this;
  }

  /** The quota of the tenants that are registered from now on. */
  public Site quota(String json) {
    quota = json;
    return this;
  }

  /** Registers a tenant whose repository is named as its id; takes effect with publish. */
  public Site register(String... tenants) {
    for (String tenant : tenants) {
      register(tenant, git.url(tenant), "");
    }
    return this;
  }

  /** Registers a tenant, with further members of its entry ({@code , "enabled": false}). */
  public Site register(String tenant, String url, String members) {
    registry.put(
        tenant,
        """
        {"id": "%s", "repository": "%s"%s%s,
             "quota": %s}\
        """
            .formatted(
                tenant,
                url,
                credential.isEmpty() ? "" : ", \"credential\": \"" + credential + "\"",
                members,
                quota));
    return this;
  }

  /**
   * Names somebody whose signatures may count, with further members of the entry; takes effect with
   * publish.
   */
  public Site signer(String name, String members) {
    signers.put(
        name, "{\"name\": \"%s\", \"keys\": [\"%s\"]%s}".formatted(name, git.key(name), members));
    return this;
  }

  /** Drops a tenant from the registry; takes effect with publish. */
  public Site unregister(String tenant) {
    registry.remove(tenant);
    return this;
  }

  /** Pushes the system repository as it stands; gives the commit. */
  public String publish() {
    String tenants =
        registry.values().stream().map(one -> "    " + one).collect(Collectors.joining(",\n"));
    Map<String, String> files = new TreeMap<>(systemFiles);
    files.put(".gitops/config.yaml", config);
    files.put(
        "tenants/registry.json",
        "{\"version\": 1,\n  \"signers\": ["
            + String.join(",\n    ", signers.values())
            + "],\n  \"tenants\": [\n"
            + tenants
            + "\n]}\n");
    return git.push("system", "registry of " + registry.size(), files);
  }

  /** Pushes a tenant repository; gives the commit. */
  public String push(String tenant, String subject, Tree tree) {
    return git.push(tenant, subject, tree.files());
  }

  /** {@code bitbuilder sync}. */
  public Host.Output sync() {
    return host.exec("bitbuilder", "sync");
  }

  /** {@code bitbuilder sync} that has to exit with this status. */
  public String sync(int status) {
    Host.Output output = sync();
    if (output.exit() != status) {
      throw host.failure("`bitbuilder sync` exited with " + output + ", not " + status);
    }
    return output.text();
  }

  /** Runs a verb of {@code bitbuilder} that has to succeed, and reads its JSON. */
  public Json json(String... verb) {
    String[] command = new String[verb.length + 2];
    command[0] = "bitbuilder";
    System.arraycopy(verb, 0, command, 1, verb.length);
    command[verb.length + 1] = "--json";
    return Json.parse(host.succeeds(command));
  }

  /** What `status` says of a tenant. */
  public Json tenant(String id) {
    return json("status").at("tenants").where("id", id);
  }

  /** What `status` says of a container. */
  public Json container(String tenant, String name) {
    return tenant(tenant).at("containers").where("name", name);
  }

  /** What `status` says of a virtual machine. */
  public Json machine(String tenant, String name) {
    return tenant(tenant).at("machines").where("name", name);
  }

  /** The unit of a container, by the rule of ARCHITECTURE.md. */
  public static String unit(String tenant, String name) {
    return "tenant-container@" + escape(tenant) + "-" + escape(name) + ".service";
  }

  /** The unit of a virtual machine. */
  public static String machineUnit(String tenant, String name) {
    return "tenant-machine@" + escape(tenant) + "-" + escape(name) + ".service";
  }

  /** The unit of a script, such as {@code pre-provision}. */
  public static String scriptUnit(String tenant, String script) {
    return "tenant-script@" + escape(tenant) + "-" + escape(script) + ".service";
  }

  private static String escape(String text) {
    return text.replace("-", "\\x2d");
  }

  /** InvocationID of every guest that is active, by unit: another id is another start. */
  public SortedMap<String, String> invocations() {
    String lines =
        host.sh(
            """
            systemctl list-units --plain --no-legend --state=active 'tenant-container@*' 'tenant-machine@*' |
            while read -r unit rest; do
              printf '%s %s\\n' "$unit" "$(systemctl show -P InvocationID "$unit")"
            done\
            """);
    SortedMap<String, String> found = new TreeMap<>();
    for (String line : lines.lines().toList()) {
      int space = line.indexOf(' ');
      found.put(line.substring(0, space), line.substring(space + 1));
    }
    return found;
  }

  /** InvocationID of one container, which is active. */
  public String invocation(String tenant, String container) {
    return Objects.requireNonNull(invocations().get(unit(tenant, container)), container);
  }

  /** Runs a shell line as root inside a container, under its limits. */
  public Host.Output inside(String tenant, String container, String line, String... words) {
    String[] all = new String[words.length + 2];
    all[0] = container + "." + tenant;
    all[1] = line;
    System.arraycopy(words, 0, all, 2, words.length);
    return host.shell(
        """
        leader=$(machinectl show -P Leader "$1")
        shift
        exec nsenter --target "$leader" --all --join-cgroup --root --wdns=/ --setuid 0 --setgid 0 \
          env -i PATH=/usr/sbin:/usr/bin sh -euc "$@"\
        """,
        insertName(all));
  }

  /** The same, and it has to succeed; gives its output without surrounding space. */
  public String within(String tenant, String container, String line, String... words) {
    Host.Output output = inside(tenant, container, line, words);
    if (output.exit() != 0) {
      throw host.failure("inside " + container + "." + tenant + ": `" + line + "`: " + output);
    }
    return output.text().strip();
  }

  /**
   * Runs a shell line inside a virtual machine, over ssh with /root/key, as soon as it lets us in.
   *
   * @return its output without surrounding space
   */
  public String ssh(String tenant, String user, String machine, Duration limit, String line) {
    try {
      return host.eventually(
              limit,
              "ssh -i /root/key -o BatchMode=yes -o ConnectTimeout=5 -o StrictHostKeyChecking=no"
                  + " -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \"$1\" \"$2\"",
              user + "@" + machine(tenant, machine).at("address").text(),
              line)
          .strip();
    } catch (AssertionError e) {
      throw new AssertionError(evidence(tenant, machine) + e.getMessage(), e);
    }
  }

  /** How far a guest that does not answer has come, as its console and its link say. */
  private String evidence(String tenant, String machine) {
    return host.shell(
            """
            echo "--- $1 does not answer"
            systemctl status --no-pager --lines=0 "$1" | sed -n '/Active:/p; /Tasks:/,/CPU:/p; /CGroup:/,$p' | cut -c1-120
            ip neigh
            networkctl --no-pager --no-legend list
            echo '--- its console, newest last'
            journalctl --no-pager -u "$1" -o short-monotonic -n 25 | cut -c1-200\
            """,
            machineUnit(tenant, machine))
        .text();
  }

  /** Waits until a container is active. */
  public void waitFor(String tenant, String container) {
    host.waitForUnit(unit(tenant, container), Duration.ofSeconds(30));
  }

  /** {@code sh -c LINE} takes its own name before the words. */
  private static String[] insertName(String[] words) {
    String[] all = new String[words.length + 1];
    all[0] = words[0];
    all[1] = words[1];
    all[2] = "sh";
    System.arraycopy(words, 2, all, 3, words.length - 2);
    return all;
  }
}
