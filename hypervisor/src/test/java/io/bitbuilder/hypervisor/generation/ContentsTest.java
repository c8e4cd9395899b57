package io.bitbuilder.hypervisor.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentsTest {
  private static final Path GOLDEN = Path.of("src/test/golden/compiler");
  private static final Pattern UID_BASE = Pattern.compile("UIDBASE=([0-9]+)");
  private static final TenantId ACME = new TenantId("acme");
  private static final long BASE = 0x7000_0000L;

  private final Contents contents = new Contents(new Reach(ACME, Set.of(BASE)));

  private static final String MOUNT =
      """
      [Mount]
      What=/var/lib/bitbuilder/images/host
      Where=/run/tenants/acme/containers/web/base
      Type=none
      Options=bind,ro,nodev,X-mount.idmap=0:1879048192:65536
      """;

  /** The golden files of the compiler, path to text; links are left out. */
  private static Map<String, String> files(Path golden) throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (String part : ("\n" + Files.readString(golden)).split("\n==> ", -1)) {
      int end = part.indexOf('\n');
      if (end > 0 && !part.substring(0, end).contains(" -> ")) {
        // The last one has the empty line that parts the others.
        files.put(part.substring(0, end), part.substring(end + 1).replaceFirst("\n\n$", "\n"));
      }
    }
    return files;
  }

  @Test
  void whatTheCompilerWritesIsAllowed() throws IOException {
    int seen = 0;
    try (Stream<Path> goldens = Files.list(GOLDEN)) {
      for (Path golden : goldens.toList()) {
        Map<String, String> files = files(golden);
        Set<Long> bases = new HashSet<>();
        Matcher matcher = UID_BASE.matcher(String.join("\n", files.values()));
        while (matcher.find()) {
          bases.add(Long.parseLong(matcher.group(1)));
        }
        String slice =
            files.keySet().stream().filter(path -> path.endsWith(".slice")).findAny().orElseThrow();
        String tenant =
            slice.substring("units/tenants-".length(), slice.length() - ".slice".length());
        Reach own = new Reach(new TenantId(tenant.replace("\\x2d", "-")), bases);
        for (Map.Entry<String, String> file : files.entrySet()) {
          if (file.getKey().equals("firewall.nft")) {
            assertThat(
                    new FirewallContents(new TenantId(tenant.replace("\\x2d", "-")))
                        .admits(file.getValue()))
                .as("%s: %s", golden, file.getValue())
                .isTrue();
          } else if (!file.getKey().equals("tenant.conf")) {
            assertThat(allows(own, file.getKey(), file.getValue()))
                .as("%s: %s%n%s", golden, file.getKey(), file.getValue())
                .isTrue();
            seen++;
          }
        }
      }
    }
    assertThat(seen).isGreaterThan(80);
  }

  private static boolean allows(Reach reach, String path, String text) {
    Contents contents = new Contents(reach);
    TunnelContents tunnels = new TunnelContents(reach);
    String name = path.substring(path.lastIndexOf('/') + 1);
    return switch (path.substring(0, path.indexOf('/'))) {
      case "units" ->
          name.endsWith(".slice")
              ? contents.slice(text)
              : path.startsWith("units/setup-tenant@")
                  ? Contents.storage(text)
                  : path.startsWith("units/tenant-wireguard@")
                      ? tunnels.service(text)
                      : path.startsWith("units/tenant-names@")
                          ? path.contains(".socket.d/")
                              ? contents.namesSocket(text)
                              : contents.namesServer(text)
                          : contents.dropIn(text);
      case "mounts" -> contents.mount(text);
      case "nspawn" -> contents.nspawn(text);
      case "wireguard" -> tunnels.conf(name, text);
      default -> contents.network(name, text);
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ExecStartPre=/bin/touch /canary",
        "User=nobody",
        "User=0",
        "User=root",
        "User=1879113728",
        "EnvironmentFile=/etc/shadow",
        "EnvironmentFile=-/var/lib/tenants/acme/containers/web/upper/config/boot",
        "EnvironmentFile=-/var/lib/tenants/other/machines/db/config/boot",
        "EnvironmentFile=-/var/lib/tenants/acme/machines/../config/boot",
        "BindPaths=/var/lib/tenants/other/machines/db",
        "BindPaths=/var/lib/tenants/acme/machines/db/..",
        "BindPaths=/var/lib/tenants/acme/machines/db:/etc",
        "Environment=DIRECTORY=/var/lib/tenants/other/machines/db",
        "Environment=DIRECTORY=/var/lib/tenants/acme/containers/db",
        "Environment=IMAGE=../../etc/shadow",
        "Environment=REPLACE=$(id)",
        "Environment=VOLUMES=../x:1",
        "Environment=\"VOLUMES=data:1 x\"",
        "Environment=CPUS=1;reboot",
        "Environment=UUID=x",
        "Environment=\"KERNEL_OPTIONS=quiet\\nLD_PRELOAD=x\"",
        "Environment=ARGUMENTS=--bind=/:/h",
        "Environment=ARGUMENTS=--firmware=/etc/shadow",
        "Environment=ARGUMENTS=--linux=/var/lib/tenants/other/machines/db/config/kernel",
        "Environment=ARGUMENTS=--linux=/etc/shadow",
        "Environment=ARGUMENTS=--tpm-state=/var/lib/tenants/acme/machines/db/../x/state/tpm",
        "Environment=ARGUMENTS=--set-credential=system.hostname:x.y",
        "Environment=ARGUMENTS=--set-credential=x:y",
        "Environment=ARGUMENTS=--set-credential=getty.ttys.serial:hvc0",
        "Environment=ARGUMENTS=--smbios11=x",
        "Environment=ARGUMENTS=--load-credential=bitbuilder.scripts:/etc/shadow",
        "Environment=ARGUMENTS=--load-credential=bitbuilder.scripts:/usr/lib/bitbuilder/guest/../x",
        "Environment=ARGUMENTS=--load-credential=systemd.extra-unit.x.service:/usr/lib/bitbuilder/guest/bitbuilder-scripts.service",
        "Environment=LAYER=../x",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-netdev tap,id=net0,ifname=bm-28673,script=no,downscript=no\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-netdev tap,id=net0,ifname=bm-28672,script=/x,downscript=no\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-drive if=none,format=raw,discard=unmap,id=volume-a,file=/etc/shadow\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-drive if=none,format=raw,discard=unmap,id=volume-a,file=/var/lib/tenants/other/machines/db/volumes/a.raw\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-device virtio-blk-pci,bus=port-a,drive=volume-a,serial=b\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-chardev socket,id=login,server=on,wait=off,path=/run/bitbuilder/machines/other/db/console\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-chardev socket,id=login,server=on,wait=off,path=/run/bitbuilder/machines/acme/../other/console\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-chardev socket,id=login,server=on,wait=off,path=/run/bitbuilder/machines/acme/console\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-chardev socket,id=login,server=on,wait=off,path=/run/bitbuilder/machines/acme/db/control\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-chardev socket,id=login,server=on,wait=off,path=/run/bitbuilder/machines/acme/db,logfile=/x/console\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-chardev socket,id=login,server=off,path=/run/systemd/private\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-chardev socket,id=login,server=on,wait=off,host=0.0.0.0,port=1\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-device isa-serial,chardev=console\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-device isa-debugcon,chardev=login\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-chardev socket,id=scripts,server=on,wait=off,path=/run/bitbuilder/machines/other/infra/scripts\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-chardev socket,id=scripts,server=on,wait=off,path=/run/bitbuilder/machines/acme/db/scripts\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-chardev socket,id=scripts,server=on,wait=off,path=/run/bitbuilder/machines/acme/infra/console\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-chardev socket,id=scripts,server=off,path=/run/bitbuilder/machines/acme/infra/scripts\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-device virtserialport,bus=scripts.0,chardev=login,name=io.bitbuilder.scripts\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-device virtserialport,bus=scripts.0,chardev=scripts,name=org.qemu.guest_agent.0\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-device virtconsole,bus=scripts.0,chardev=scripts\"",
        "Environment=\"SYSTEMD_VMSPAWN_QEMU_EXTRA=-monitor stdio\"",
        "Environment=SYSTEMD_VMSPAWN_QEMU_EXTRA=-snapshot",
        "RemainAfterExit=yes",
        "Environment=STANDING=/run/tenants/other/health",
        "Environment=STANDING=/etc/passwd",
        "Environment=SCRIPT=/usr/bin/reboot",
        "Delegate=yes",
        "BindPaths=/:/h",
        "Slice=system.slice",
        "Slice=tenants-other.slice",
        "Environment=LD_PRELOAD=/tmp/x",
        "Environment=UIDBASE=0",
        "Environment=UIDBASE=1879113728",
        "Environment=ROOTFS=/",
        "Environment=ROOTFS=/run/tenants/acme/../other/containers/web/root",
        "Environment=USR=/run/tenants/other/containers/web/usr",
        "Environment=MACHINE=web.other",
        "Environment=ARGUMENTS=--bind=/:/h",
        "Environment=\"ARGUMENTS=--boot --capability=all\"",
        "Environment=\"ARGUMENTS=--boot \\\"--setenv=A=b\\\" --bind=/\"",
        "Environment=\"ARGUMENTS=\\\"--setenv=A=\\\\\\\" --bind=/ \\\\\\\"\\\" --bind=/x\"",
        "Environment=\"ARGUMENTS='--boot' --boot\"",
        "Environment=ARGUMENTS=--load-credential=a:/etc/shadow",
        "Environment=ARGUMENTS=--load-credential=a:tenant.other.key",
        "Environment=ROOTFS=/run/tenants/acme/x MACHINE=web.other",
        "ImportCredential=*",
        "ImportCredential=tenant.acme.*",
        "ImportCredential=tenant.other.key",
        "SyslogIdentifier=sshd",
        "# comment",
        "Restart=no\\",
        "TimeoutStartSec=%h"
      })
  void aDropInMayNotSay(String line) {
    assertThat(contents.dropIn("[Service]\nRestart=no\n")).isTrue();
    assertThat(contents.dropIn("[Service]\n" + line + "\n")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[Unit]\nRequires=sshd.service\n",
        "[Unit]\nRequires=tenant-infra@other.socket\n",
        "[Unit]\nWants=tenant-health@other.timer\n",
        "[Unit]\nPartOf=tenant-container@other-web.service\n",
        "[Unit]\nRequiresMountsFor=/etc\n",
        "[Unit]\nOnFailure=reboot.target\n",
        "[Install]\nWantedBy=multi-user.target\n",
        "[Unit]\nDescription=a\n[Unit]\nDescription=b\n"
      })
  void aUnitMayNotSay(String text) {
    assertThat(contents.dropIn(text)).isFalse();
    assertThat(contents.mount(text)).isFalse();
    assertThat(contents.slice(text)).isFalse();
  }

  @Test
  void aMountIsOfSharedFilesReadOnlyOrOfItsOwn() {
    assertThat(contents.mount(MOUNT)).isTrue();
    for (List<String> change :
        List.of(
            List.of("/var/lib/bitbuilder/images/host", "/"),
            List.of("/var/lib/bitbuilder/images/host", "/var/lib/tenants/other/volumes/data"),
            List.of("/var/lib/bitbuilder/images/host", "/var/lib/bitbuilder/images/host/../.."),
            List.of("/var/lib/bitbuilder/images/host", "/dev/sda"),
            List.of("/run/tenants/acme/", "/run/tenants/other/"),
            List.of("/run/tenants/acme/containers/web/base", "/usr"),
            List.of("bind,ro,nodev,", "bind,nodev,"),
            List.of("bind,ro,nodev,", "bind,ro,"),
            List.of("bind,ro,nodev,", "bind,ro,nodev,rw,"),
            List.of(":1879048192:", ":0:"),
            List.of(":1879048192:", ":1879113728:"),
            List.of(",X-mount.idmap=0:1879048192:65536", ""),
            List.of("Type=none", "Type=ext4"),
            List.of("Type=none", "Type=overlay"))) {
      String changed = MOUNT.replace(change.getFirst(), change.getLast());
      assertThat(changed).isNotEqualTo(MOUNT);
      assertThat(contents.mount(changed)).as(changed).isFalse();
    }
    String overlay =
        """
        [Mount]
        What=overlay
        Where=/run/tenants/acme/containers/web/root
        Type=overlay
        Options=lowerdir=%s,upperdir=/var/lib/tenants/acme/u,workdir=/var/lib/tenants/acme/w
        """;
    assertThat(contents.mount(overlay.formatted("/run/tenants/acme/a:/run/tenants/acme/b")))
        .isTrue();
    assertThat(contents.mount(overlay.formatted("/run/tenants/acme/a:/root"))).isFalse();
    assertThat(contents.mount(overlay.formatted("/run/tenants/acme/a,metacopy=on"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[Exec]\nPrivateUsers=no\n",
        "[Exec]\nPrivateUsers=0:65536\n",
        "[Exec]\nPrivateUsers=1879113728:65536\n",
        "[Exec]\nCapability=CAP_SYS_ADMIN\n",
        "[Exec]\nCapability=CAP_NET_ADMIN CAP_SYS_RAWIO\n",
        "[Exec]\nParameters=init=/bin/sh\n",
        "[Exec]\nSystemCallFilter=@raw-io\n",
        "[Files]\nBind=/:/h\n",
        "[Files]\nBind=/var/lib/tenants/other/volumes/data:/data:idmap,norbind\n",
        "[Files]\nBind=/var/lib/tenants/acme/volumes/../../other:/data:idmap,norbind\n",
        "[Files]\nBind=/var/lib/tenants/acme/volumes/data:/a:rbind:idmap,norbind\n",
        "[Files]\nBind=/var/lib/tenants/acme/volumes/data:/data:idmap\n",
        "[Files]\nBindReadOnly=/etc:/usr\n",
        "[Files]\nBindReadOnly=/var/lib/tenants/other/infra:/infra:idmap,norbind\n",
        "[Files]\nBindReadOnly=/var/lib/tenants/acme:/infra:idmap,norbind\n",
        "[Files]\nBindReadOnly=/run/tenants/other/infra:/run/bitbuilder:idmap,norbind\n",
        "[Files]\nBindReadOnly=/run/tenants/acme/infra:/run/systemd:idmap,norbind\n",
        "[Files]\nBind=/run/tenants/acme/infra:/run/bitbuilder:idmap,norbind\n",
        "[Files]\nBindReadOnly=/run/tenants/other/resolv/lan.conf:/etc/resolv.conf:idmap,norbind\n",
        "[Files]\nBindReadOnly=/run/tenants/acme/resolv/../x.conf:/etc/resolv.conf:idmap,norbind\n",
        "[Files]\nBindReadOnly=/run/tenants/acme/resolv/lan.conf:/etc/passwd:idmap,norbind\n",
        "[Files]\nBindReadOnly=/run/tenants/acme/resolv/lan.conf:/etc/resolv.conf\n",
        "[Files]\nBind=/run/tenants/acme/resolv/lan.conf:/etc/resolv.conf:idmap,norbind\n",
        "[Files]\nPrivateUsersOwnership=chown\n",
        "[Files]\nOverlay=/etc:/etc\n",
        "[Network]\nPrivate=no\n",
        "[Network]\nInterface=eth0\n",
        "[Network]\nBridge=../x\n"
      })
  void anNspawnFileMayNotSay(String text) {
    assertThat(contents.nspawn(text)).isFalse();
  }

  @Test
  void anNspawnFileMaySayWhatItsTenantHas() {
    assertThat(
            contents.nspawn(
                """
                [Exec]
                PrivateUsers=1879048192:65536
                Capability=CAP_NET_ADMIN

                [Files]
                Bind=/var/lib/tenants/acme/volumes/data:/da\\:ta:idmap,norbind
                BindReadOnly=/run/tenants/acme/resolv/lan.conf:/etc/resolv.conf:idmap,norbind

                [Network]
                Private=yes
                Bridge=bb-x
                """))
        .isTrue();
  }

  @Test
  void directoriesAreTheTenantsOwn() {
    assertThat(contents.directory("1879048192:/var/lib/tenants/acme/containers/web/upper"))
        .isTrue();
    assertThat(contents.directory("0:/var/lib/tenants/acme/volumes/data")).isTrue();
    assertThat(contents.directory("0:/var/lib/tenants/acme/containers/web/upper")).isFalse();
    assertThat(contents.directory("1879113728:/var/lib/tenants/acme/containers/web")).isFalse();
    assertThat(contents.directory("1879048192:/var/lib/tenants/other/containers/web")).isFalse();
    assertThat(contents.directory("1879048192:/var/lib/tenants/acme/../other")).isFalse();
  }
}
