package io.bitbuilder.hypervisor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.activation.Change;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanRunTest {
  private static final TenantId BLUE = new TenantId("tenant-blue");
  private static final PlanRun.Source NEWEST = new PlanRun.Source.Newest();

  @TempDir Path top;

  private FetchedHost host;

  @BeforeEach
  void prepare() throws IOException {
    host = new FetchedHost(top);
  }

  private PlanRun.Outcome plan(Optional<TenantId> only, PlanRun.Source source) throws IOException {
    return PlanRun.on(host.root).run(only, source);
  }

  private PlanRun.Outcome plan(PlanRun.Source source) throws IOException {
    return plan(Optional.empty(), source);
  }

  private PlanRun.Source from(String name) {
    return new PlanRun.Source.Directory(host.checkout(name));
  }

  /** {@code tenant/container KIND}, of all that would change. */
  private static List<String> changes(PlanRun.Outcome outcome) {
    return outcome.prospects().stream()
        .flatMap(one ->
            one.changes().stream()
                .filter(change -> change.kind() != Change.Kind.KEEP)
                .map(change -> one.tenant() + "/" + change.resource() + " " + change.kind()))
        .toList();
  }

  private static List<Code> codes(PlanRun.Outcome outcome) {
    return outcome.findings().values().stream()
        .flatMap(List::stream)
        .map(Diagnostic::code)
        .toList();
  }

  private void edit(String file, String old, String now) throws IOException {
    Path path = host.checkout(file);
    String text = Files.readString(path);
    assertThat(text).contains(old);
    Files.writeString(path, text.replace(old, now));
  }

  @Test
  void everythingStartsOnANewHostAndNothingIsWritten() throws IOException {
    PlanRun.Outcome outcome = plan(NEWEST);
    assertThat(outcome.findings()).isEmpty();
    assertThat(changes(outcome))
        .containsExactly(
            "tenant-001/web START", "tenant-blue/clock START", "tenant-blue/page START");
    try (var files = Files.list(host.state)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactly("objects");
    }
  }

  @Test
  void nothingChangesAfterASync() throws IOException {
    host.sync();
    assertThat(plan(NEWEST).prospects()).isEmpty();
  }

  private static Diagnostic first(Map<String, List<Diagnostic>> findings) {
    return findings.getOrDefault("system", List.of()).getFirst();
  }

  private void template(String text) throws IOException {
    Path network = Files.createDirectories(host.checkout("system").resolve("network"));
    Files.writeString(network.resolve("10-tenant-bridge.network"), text);
  }

  @Test
  void aTemplateChangesNetworksLive() throws IOException {
    host.sync();
    template("[DHCPServer]\nDefaultLeaseTimeSec=2h\n");
    PlanRun.Outcome outcome = plan(from("system"));
    assertThat(outcome.findings()).isEmpty();
    assertThat(changes(outcome)).containsExactly("tenant-001/web LIVE", "tenant-blue/page LIVE");
    host.push("system");
    host.sync();
    assertThat(plan(NEWEST).prospects()).isEmpty();
    // As it would be without: nothing but what is said counts.
    template("# later: [DHCPServer]\n[DHCPServer]\nDefaultLeaseTimeSec=120min\n");
    assertThat(plan(from("system")).prospects()).isEmpty();
  }

  @Test
  void aTemplateThatSaysWhatHoldsAnywayChangesNothing() throws IOException {
    host.sync();
    template("[DHCPServer]\nDomain=@domain@\n");
    assertThat(changes(plan(from("system")))).isEmpty();
  }

  @Test
  void aTemplateWithAMistakeIsFoundAndNothingIsPlanned() throws IOException {
    host.sync();
    template("[DHCPServer]\nDefaultLeaseTime=2h\n");
    PlanRun.Outcome outcome = plan(from("system"));
    assertThat(outcome.prospects()).isEmpty();
    assertThat(codes(outcome)).containsExactly(Code.BB201);
    assertThat(first(outcome.findings()).location())
        .hasToString("network/10-tenant-bridge.network:2:1");
  }

  /**
   * Like any other mistake of the system repository: what runs goes on, and nothing else begins.
   */
  @Test
  void aTemplateWithAMistakeFreezesTheHostUntilItIsMended() throws IOException {
    host.sync();
    template("[Network]\nIPMasquerade=both\n");
    host.push("system");
    edit("tenant-001/containers/web/config.yaml", "image: host", "image: host\nautostart: false");
    host.push("tenant-001");
    CompileRun.Outcome outcome = CompileRun.on(host.root, Optional.empty()).run();
    assertThat(outcome.frozen()).isTrue();
    assertThat(outcome.staged()).isEmpty();
    assertThat(first(outcome.findings()).code()).isEqualTo(Code.BB214);
    template("[DHCPServer]\nRapidCommit=no\n");
    host.push("system");
    outcome = CompileRun.on(host.root, Optional.empty()).run();
    assertThat(outcome.frozen()).isFalse();
    assertThat(outcome.staged()).containsExactly(new TenantId("tenant-001"), BLUE);
  }

  /** The systemd of this host knows one key less. */
  @Test
  void theSystemdOfTheHostHasTheLastWord() throws IOException {
    template("[DHCPServer]\nDefaultLeaseTimeSec=2h\nDomain=a.example\n");
    Path networkd = host.root.resolve("usr/lib/systemd/systemd-networkd");
    Files.createDirectories(networkd.getParent());
    Files.writeString(networkd, "\0libsystemd-shared-262.so\0DHCPServer.Domain\0");
    PlanRun.Outcome outcome = plan(from("system"));
    assertThat(codes(outcome)).containsExactly(Code.BB201);
    assertThat(first(outcome.findings()).message())
        .isEqualTo("unknown key `DefaultLeaseTimeSec` in [DHCPServer]");
  }

  @Test
  void aCheckoutOfWhatRunsChangesNothing() throws IOException {
    host.sync();
    for (String name : List.of("tenant-001", "tenant-blue", "system")) {
      PlanRun.Outcome outcome = plan(from(name));
      assertThat(outcome.findings()).isEmpty();
      assertThat(changes(outcome)).isEmpty();
    }
  }

  @Test
  void aDirectoryShowsWhatItsFilesWouldDo() throws IOException {
    host.sync();
    edit("tenant-blue/containers/clock/config.yaml", "sleep 1", "sleep 2");
    edit("tenant-blue/containers/page/config.yaml", "memory: 256M", "memory: 300M");
    Path added = Files.createDirectories(host.checkout("tenant-blue/containers/third"));
    Files.writeString(added.resolve("config.yaml"), "image: host\n");
    assertThat(changes(plan(from("tenant-blue"))))
        .containsExactly(
            "tenant-blue/clock RESTART", "tenant-blue/third START", "tenant-blue/page LIVE");
    edit("tenant-001/containers/web/rootfs-overlay/srv/www/index.html", "<", "< ");
    assertThat(changes(plan(from("tenant-001")))).containsExactly("tenant-001/web RESTART");
  }

  @Test
  void aCommitShowsWhatItWouldDo() throws IOException {
    host.sync();
    Files.delete(host.checkout("tenant-blue/containers/clock/config.yaml"));
    CommitId removed = host.push("tenant-blue");
    PlanRun.Source source = new PlanRun.Source.Commit(removed);
    assertThat(changes(plan(Optional.of(BLUE), source))).containsExactly("tenant-blue/clock STOP");
    assertThat(changes(plan(NEWEST))).containsExactly("tenant-blue/clock STOP");
    assertThat(changes(plan(Optional.of(new TenantId("tenant-001")), NEWEST))).isEmpty();
  }

  @Test
  void aDisabledAndADroppedTenantAreStopped() throws IOException {
    host.sync();
    edit(
        "system/tenants/registry.json",
        "\"id\": \"tenant-001\",",
        "\"id\": \"tenant-001\", \"enabled\": false,");
    edit("system/tenants/registry.json", "\"tenant-blue\"", "\"tenant-new\"");
    PlanRun.Outcome outcome = plan(from("system"));
    assertThat(changes(outcome))
        .containsExactly("tenant-001/web STOP", "tenant-blue/clock STOP", "tenant-blue/page STOP");
    assertThat(codes(outcome)).containsExactly(Code.BB501);
  }

  @Test
  void anEmptiedRegistryChangesNothingAndSaysSo() throws IOException {
    host.sync();
    Files.writeString(
        host.checkout("system/tenants/registry.json"), "{\"version\": 1, \"tenants\": []}");
    PlanRun.Outcome outcome = plan(from("system"));
    assertThat(outcome.prospects()).isEmpty();
    assertThat(codes(outcome)).containsExactly(Code.BB204);
  }

  @Test
  void mistakesAreFindings() throws IOException {
    host.sync();
    edit("tenant-blue/metadata.json", "\"cpu\"", "\"cpus\"");
    PlanRun.Outcome outcome = plan(from("tenant-blue"));
    assertThat(outcome.prospects()).isEmpty();
    assertThat(codes(outcome)).contains(Code.BB201);
    assertThat(codes(plan(Optional.of(new TenantId("stranger")), from("tenant-001"))))
        .containsExactly(Code.BB304);
    assertThat(codes(plan(new PlanRun.Source.Directory(top.resolve("work")))))
        .containsExactly(Code.BB301);
  }

  @Test
  void aQuotaThatIsBrokenIsAFinding() throws IOException {
    host.sync();
    edit("tenant-blue/metadata.json", "\"512M\"", "\"64G\"");
    assertThat(codes(plan(from("tenant-blue")))).contains(Code.BB403);
  }

  @Test
  void withoutASystemRepositoryNothingCanBePlanned() throws IOException {
    Files.delete(host.state.resolve("objects/state.json"));
    assertThat(codes(plan(NEWEST))).containsExactly(Code.BB501);
    assertThat(codes(plan(from("tenant-blue")))).containsExactly(Code.BB501);
    Files.delete(host.root.resolve("etc/bitbuilder/host.yaml"));
    assertThat(codes(plan(NEWEST))).containsExactly(Code.BB705);
  }
}
