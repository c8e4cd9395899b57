package io.bitbuilder.hypervisor.generation;

import static io.bitbuilder.hypervisor.generation.Fixtures.ALPHA;
import static io.bitbuilder.hypervisor.generation.Fixtures.BETA;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.network.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest extends AdmissionScene {
  @Test
  void whatTheCompilerMakesIsAdmitted() throws IOException {
    assertThat(new Store(root).add(BETA, stage()).number()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "units/ssh.service",
        "units/ssh.service.d/x.conf",
        "units/tenants-alpha.slice",
        "units/tenants-beta.slice",
        "units/tenant-container@alpha-web.service.d/50-compiled.conf",
        "units/tenant-container@beta-2-web.service.d/50-compiled.conf",
        "units/tenant-container@beta\\x2d2-a-b.service.d/50-compiled.conf",
        "units/tenant-container@.service.d/50-compiled.conf",
        "units/tenant-container@beta\\x2d2-web.service.d/x.sh",
        "units/tenant-container@beta\\x2d2-web.service.d/deep/x.conf",
        "units/tenant-container@beta\\x2d2-web.service",
        "units/tenants.target.wants/ssh.service",
        "mounts/etc.mount",
        "mounts/run-tenants-alpha-x.mount",
        "mounts/run-tenants-beta\\x2d2.mount",
        "mounts/run-tenants-beta\\x2d2-x.service",
        "units/tenant-names@alpha-lan.socket.d/50-names.conf",
        "units/tenant-names@beta-2-lan.socket.d/50-names.conf",
        "units/tenant-names@beta\\x2d2-a-b.service.d/50-names.conf",
        "units/tenant-names@beta\\x2d2.socket.d/50-names.conf",
        "units/tenant-names@.socket.d/50-names.conf",
        "units/tenant-names@beta\\x2d2-lan.socket",
        "nspawn/web.alpha.nspawn",
        "nspawn/x.web.beta-2.nspawn",
        "network/x.link",
        "network/40-bw-7.netdev",
        "wireguard/bw-7.conf",
        "wireguard/x/bw-7.conf",
        "units/tenant-wireguard@alpha.service.d/50-tunnels.conf",
        "units/tenant-wireguard@beta\\x2d2.service.d/50-tunnels.conf",
        "other/file",
        "file"
      })
  void aFileThatIsNotTheTenantsIsRefused(String path) throws IOException {
    nodes.put(path, new FileTree.Text("x"));
    refused(BETA);
  }

  @ParameterizedTest
  @CsvSource({
    "units/tenants.target.wants/tenant@alpha.target,/usr/lib/systemd/system/tenant@.target",
    "units/tenants.target.wants/x.service,/usr/lib/systemd/system/tenant@.target",
    "units/tenant@beta\\x2d2.target.wants/ssh.service,/usr/lib/systemd/system/ssh.service",
    "units/tenant@beta\\x2d2.target.wants/setup-tenant@beta\\x2d2.service,/tmp/x.service",
    "units/tenants-beta\\x2d2.slice.d,/etc",
    "units/tenant-wireguard@beta\\x2d2.service.d/20-address.conf,/usr/lib/bitbuilder/fragments/address.conf",
    "nspawn/db.beta-2.nspawn,/etc/shadow",
    "mounts/x.mount,../../x"
  })
  void aLinkElsewhereIsRefused(String path, String target) throws IOException {
    nodes.put(path, new FileTree.Link(target));
    refused(BETA);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ExecStartPre=+/bin/sh",
        "  ExecStart = x",
        "User=root",
        "Environment=A=b \\",
        "BindPaths=/"
      })
  void aDropInThatChangesWhatRunsIsRefused(String line) throws IOException {
    nodes.put(
        "units/tenant-container@beta\\x2d2-web.service.d/50-compiled.conf",
        new FileTree.Text("[Service]\n" + line + "\n"));
    refused(BETA);
  }

  private static final String STORAGE = "units/setup-tenant@beta\\x2d2.service.d/50-storage.conf";

  @Test
  void howMuchOfTheDiskATenantMayHaveIsAdmitted() throws IOException {
    nodes.put(STORAGE, new FileTree.Text("[Service]\nStateDirectoryQuota=1536M\n"));
    assertThat(new Store(root).add(BETA, stage()).number()).isEqualTo(1);
  }

  /** Nor what any other service of a tenant may be told: this one runs as root on the host. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[Service]\nStateDirectory=bitbuilder\n",
        "[Service]\nStateDirectoryQuota=1G\nStateDirectory=tenants/alpha\n",
        "[Service]\nStateDirectoryQuota=off\n",
        "[Service]\nStateDirectoryQuota=50%\n",
        "[Service]\nStateDirectoryQuota=\n",
        "[Service]\nStateDirectoryQuota=1G 2G\n",
        "[Service]\nStateDirectoryMode=0777\n",
        "[Service]\nStateDirectoryAccounting=yes\n",
        "[Service]\nCacheDirectoryQuota=1G\n",
        "[Service]\nSlice=tenants-beta\\x2d2.slice\n",
        "[Service]\nMemoryMax=1G\n",
        "[Unit]\nDescription=x\n",
        "[Unit]\nAfter=tenant@beta\\x2d2.target\n"
      })
  void nothingElseIsSaidToWhatSetsATenantUp(String text) throws IOException {
    nodes.put(STORAGE, new FileTree.Text(text));
    refused(BETA);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "units/setup-tenant@alpha.service.d/50-storage.conf",
        "units/setup-tenant@beta.service.d/50-storage.conf",
        "units/setup-tenant@.service.d/50-storage.conf",
        "units/tenant-container@beta\\x2d2-web.service.d/50-storage.conf",
        "units/tenant-network@beta\\x2d2.service.d/50-storage.conf",
        "units/tenants-beta\\x2d2.slice.d/50-storage.conf"
      })
  void howMuchOfTheDiskIsSaidOfTheTenantItselfAlone(String path) throws IOException {
    nodes.put(path, new FileTree.Text("[Service]\nStateDirectoryQuota=1G\n"));
    refused(BETA);
  }

  @Test
  void noFragmentIsForWhatSetsATenantUp() throws IOException {
    nodes.put(
        "units/setup-tenant@beta\\x2d2.service.d/20-address.conf",
        new FileTree.Link("/usr/lib/bitbuilder/fragments/address.conf"));
    refused(BETA);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BRIDGES=$(id)",
        "BRIDGES=b c",
        "BRIDGES=`id`",
        "BRIDGES=\"b\\\"\"",
        "BRIDGES=eth0",
        "PATH=/var/lib/tenants/beta-2/volumes/x",
        "LD_PRELOAD=/var/lib/tenants/beta-2/volumes/x",
        "a=b",
        "id"
      })
  void aSettingAProgramOfRootCouldTripOverIsRefused(String line) throws IOException {
    nodes.put("tenant.conf", new FileTree.Text(line + "\n"));
    refused(BETA);
  }

  @Test
  void whatNameServersAreToldIsAdmitted() throws IOException {
    nodes.put(
        "units/tenant-names@beta\\x2d2-lan.socket.d/50-names.conf",
        new FileTree.Text("[Socket]\nListenStream=10.128.0.1:53\nListenStream=[fd00::1]:53\n"));
    nodes.put(
        "units/tenant-names@beta\\x2d2-lan.service.d/50-names.conf",
        new FileTree.Text("[Service]\nPrivateNetwork=no\nIPAddressAllow=127.0.0.54\n"));
    nodes.put(
        "units/tenant-container@beta\\x2d2-web.service.d/40-names.conf",
        new FileTree.Text("[Unit]\nWants=tenant-names@beta\\x2d2-lan.socket\n"));
    nodes.put(
        "tenant.conf",
        new FileTree.Text(
            """
            FILES="/run/tenants/beta-2/containers/web/points/etc/resolv.conf"
            RESOLVERS="lan=10.128.0.1/24,fd00::1/64 wan=10.128.1.1/24,fd00:0:0:1::1/64"
            FORWARD="wan=9.9.9.9,2620:fe::fe lan=host"
            """));
    assertThat(new Store(root).add(BETA, stage()).number()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FILES=\"/run/tenants/alpha/containers/web/points/etc/resolv.conf\"",
        "FILES=\"/run/tenants/beta-2/containers/../x/points/etc/resolv.conf\"",
        "FILES=\"/run/tenants/beta-2/containers/web/points/etc/shadow\"",
        "FILES=\"/etc/resolv.conf\"",
        "RESOLVERS=\"../x=10.0.0.1/24\"",
        "RESOLVERS=\"lan=x\"",
        "RESOLVERS=\"lan=10.0.0.1\"",
        "RESOLVERS=\"lan=10.0.0.1/24,\"",
        "RESOLVERS=\"=10.0.0.1/24\"",
        "FORWARD=\"lan=localhost\"",
        "FORWARD=\"lan=0.0.0.0\"",
        "FORWARD=\"lan=\""
      })
  void aSettingOfNameServersThatIsNoneIsRefused(String line) throws IOException {
    nodes.put("tenant.conf", new FileTree.Text(line + "\n"));
    refused(BETA);
  }

  /** What runs as a name server is the template's alone. */
  @Test
  void noFragmentIsForANameServer() throws IOException {
    nodes.put(
        "units/tenant-names@beta\\x2d2-lan.service.d/20-address.conf",
        new FileTree.Link("/usr/lib/bitbuilder/fragments/address.conf"));
    refused(BETA);
  }

  @Test
  void aManifestOfAnotherTenantIsRefused() throws IOException {
    refused(ALPHA);
  }

  /** Its layer becomes part of a path, and what is there goes to the machine that is named. */
  @ParameterizedTest
  @ValueSource(
      strings = {"a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1", "../x"})
  void aScriptIsHandedToNoOtherGuest(String layer) throws IOException {
    Path staged = stage();
    String before = Files.readString(staged);
    String after =
        before.replaceFirst("(\"type\": *\")http\"", "$1script\", \"layer\": \"" + layer + "\"");
    assertThat(after).isNotEqualTo(before);
    Files.writeString(staged, after);
    refused(BETA, staged);
  }

  /** What is shown of networks and rules has the shape the compiler gives it. */
  @ParameterizedTest
  @CsvSource({
    "bb-beta-2,eth0",
    "bb-beta-2,../x",
    "10.128.0.1/24,10.128.0.1",
    "fd00:b17b::1/64,x",
    "isolated-bridge,free",
    "network/firewall/10-web.yaml,network/firewall/../10-web.yaml",
    "network/firewall/10-web.yaml,/etc/passwd",
    "accept,allow",
    "tcp,sctp",
    "8000-8010,any",
    "1400,-1",
    "10000000,-1"
  })
  void networksAndRulesOfAnotherShapeAreRefused(String from, String to) throws IOException {
    Path staged = stage();
    String text = Files.readString(staged);
    int start = text.indexOf("\"networks\":");
    assertThat(text.indexOf(from, start)).as(from).isPositive();
    Files.writeString(staged, text.substring(0, start) + text.substring(start).replace(from, to));
    refused(BETA, staged);
  }

  @Test
  void manifestsOfBeforeSayNothingOfNetworks() {
    Manifest manifest = Fixtures.manifest(BETA, "one");
    assertThat(Manifest.fromJson(manifest.toJson())).isEqualTo(manifest);
    Map<String, Object> before = new LinkedHashMap<>(manifest.toValue());
    before.remove("networks");
    before.remove("rules");
    assertThat(Manifest.fromJson(Json.write(before)).topology()).isEqualTo(Topology.NONE);
  }

  @Test
  void aCandidateThatIsALinkIsNotFollowed() throws IOException {
    Path staged = stage();
    Path elsewhere = Files.move(staged, root.resolve("elsewhere.json"));
    Files.createSymbolicLink(staged, elsewhere);
    refused(BETA, staged);
  }

  @Test
  void aCandidateTooLargeIsRefused() throws IOException {
    nodes.put("nspawn/db.beta-2.nspawn", new FileTree.Text("x".repeat(17 << 20)));
    refused(BETA);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "/etc/x", "units/../../x", "units//x", ""})
  void aPathThatLeavesTheTreeIsRefused(String path) throws IOException {
    Path staged = stage();
    String text = Files.readString(staged);
    Files.writeString(
        staged, text.replace("\"files\":{", "\"files\":{" + Json.write(path) + ":\"x\","));
    refused(BETA, staged);
  }
}
