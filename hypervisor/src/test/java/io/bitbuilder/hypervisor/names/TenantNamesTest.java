package io.bitbuilder.hypervisor.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.generation.Staging;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.names.TenantNames.Names;
import io.bitbuilder.hypervisor.names.TenantNames.Others;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TenantNamesTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long SECOND = 1_000_000_000;
  private static final String CONF =
      """
      RESOLVERS="lan=10.0.0.1/24,fd00::1/64 wan=10.0.1.1/24 named=10.0.2.1/24 none=10.0.3.1/24"
      FORWARD="wan=host named=127.0.0.54,9.9.9.9,127.0.0.53 none=127.0.0.54"
      """;

  @TempDir Path root;
  private final AtomicLong now = new AtomicLong(7);
  private Store store;
  private TenantNames lan;

  @BeforeEach
  void open() {
    store = new Store(root);
    lan = names("lan");
  }

  private TenantNames names(String network) {
    return new TenantNames(store, ACME, new ResourceName(network), "host", now::get);
  }

  private static String resource(int index, String kind, String name, String address) {
    return """
    {"kind": "%s", "name": "%s", "uid": "%s",
     "unit": "tenant-%s@acme-%s.service", "machine": "%s.acme",
     "network": "lan", "bridge": "bb-x", "link": "vb-x", "address": "%s", "address6": "%s",
     "mac": "02:00:00:00:00:01", "uidBase": %d, "image": "host", "boots": true,
     "autostart": true, "restartDigest": "r", "liveDigest": "l", "checks": []}\
    """
        .formatted(
            kind,
            name,
            name,
            kind,
            name.replace("-", "\\\\x2d"),
            kind.equals("script") ? "infra" : name,
            address,
            address.isEmpty() ? "" : "fd00::" + index,
            0x7000_0000L + 65_536L * index);
  }

  /** Makes a generation and switches to it. */
  private void switched(String inputs, String conf, String... resources) throws IOException {
    Manifest manifest =
        Manifest.fromJson(
            """
            {"version": 1, "tenant": "acme", "commit": "%s", "inputs": "%s",
             "createdAt": "2026-01-01T00:00:00Z", "author": "", "subject": "", "signer": "",
             "resources": [%s]}
            """
                .formatted("c".repeat(40), inputs, String.join(",", resources)));
    Staging staging = new Staging(root);
    staging.clear();
    staging.writeTenant(
        manifest, new FileTree(new TreeMap<>(Map.of("tenant.conf", new FileTree.Text(conf)))));
    int number = store.add(ACME, Objects.requireNonNull(staging.tenants().get(ACME))).number();
    store.select(new TreeMap<>(Map.of(ACME, number)));
    now.addAndGet(SECOND);
  }

  private static List<String> data(Names names, String name, int type) {
    return names.zone().find(DomainName.of(name), type)
            instanceof Zone.Found.Records(List<Data> all)
        ? all.stream()
            .map(data ->
                data instanceof Data.Address address ? text(address.bytes()) : data.toString())
            .toList()
        : List.of();
  }

  private static String text(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void containersAndMachinesHaveNamesAndScriptsHaveNot() throws IOException {
    switched(
        "one",
        CONF,
        resource(1, "container", "infra", "10.0.0.2"),
        resource(2, "machine", "db", "10.0.0.3"),
        resource(1, "script", "pre-provision", ""),
        resource(3, "container", "lone", ""));
    Names names = lan.current().orElseThrow();
    assertThat(data(names, "infra.acme.internal", Type.A)).containsExactly("10.0.0.2");
    assertThat(data(names, "db.acme.internal", Type.A)).containsExactly("10.0.0.3");
    assertThat(data(names, "db.acme.internal", Type.AAAA)).containsExactly("fd00:0:0:0:0:0:0:2");
    assertThat(names.zone().find(DomainName.of("lone.acme.internal"), Type.A))
        .isInstanceOf(Zone.Found.NoRecords.class);
    assertThat(names.zone().find(DomainName.of("pre-provision.acme.internal"), Type.A))
        .isInstanceOf(Zone.Found.NoName.class);
    assertThat(names.link().hasMember(InetAddress.ofLiteral("10.0.0.9"))).isTrue();
    assertThat(names.link().hasMember(InetAddress.ofLiteral("10.0.1.9"))).isFalse();
    assertThat(names.others()).isEqualTo(new Others.Nobody());
  }

  @Test
  void whoIsAskedIsSaidOfEachNetworkAndNeverTheHostItself() throws IOException {
    switched("one", CONF);
    assertThat(names("wan").current().orElseThrow().others()).isEqualTo(new Others.Host());
    assertThat(names("named").current().orElseThrow().others())
        .isEqualTo(new Others.Servers(List.of(InetAddress.ofLiteral("9.9.9.9"))));
    assertThat(names("none").current().orElseThrow().others()).isEqualTo(new Others.Nobody());
    assertThat(names("other").current()).isEmpty();
    assertThat(names("wan").current().orElseThrow().changed()).isFalse();
    assertThat(names("named").current().orElseThrow().changed()).isTrue();
    assertThat(names("lan").current().orElseThrow().changed()).isTrue();
  }

  @Test
  void anotherGenerationIsSeenALittleLater() throws IOException {
    assertThat(lan.current()).isEmpty();
    switched("one", CONF, resource(1, "container", "web", "10.0.0.2"));
    Names first = lan.current().orElseThrow();
    now.addAndGet(SECOND);
    assertThat(lan.current()).containsSame(first);
    switched("two", CONF, resource(1, "container", "web", "10.0.0.3"));
    now.addAndGet(-SECOND);
    assertThat(lan.current()).as("at once").containsSame(first);
    now.addAndGet(SECOND);
    assertThat(data(lan.current().orElseThrow(), "web.acme.internal", Type.A))
        .containsExactly("10.0.0.3");
    store.select(new TreeMap<>());
    now.addAndGet(SECOND);
    assertThat(lan.current()).isEmpty();
    store.select(new TreeMap<>(Map.of(ACME, 1)));
    now.addAndGet(SECOND);
    assertThat(data(lan.current().orElseThrow(), "web.acme.internal", Type.A))
        .containsExactly("10.0.0.2");
  }

  @Test
  void whatCannotBeReadChangesNothing() throws IOException {
    switched("one", CONF, resource(1, "container", "web", "10.0.0.2"));
    switched("two", CONF, resource(1, "container", "web", "10.0.0.3"));
    store.select(new TreeMap<>(Map.of(ACME, 1)));
    Names first = lan.current().orElseThrow();
    Path second = root.resolve("generations/tenants/acme/2/manifest.json");
    String text = Files.readString(second);
    Files.writeString(second, "{");
    store.select(new TreeMap<>(Map.of(ACME, 2)));
    now.addAndGet(SECOND);
    assertThat(lan.current()).containsSame(first);
    assertThatThrownBy(() -> names("lan").current()).isInstanceOf(IOException.class);
    Files.writeString(second, text);
    now.addAndGet(SECOND);
    assertThat(data(lan.current().orElseThrow(), "web.acme.internal", Type.A))
        .containsExactly("10.0.0.3");
  }
}
