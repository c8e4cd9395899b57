package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A machine with a boot loader and a small UKI downloads its host, or does what was configured. */
@Tag("machine")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ImportTest {
  private static final Duration VERDICT = Duration.ofMinutes(10);
  private static final String FILES =
      """
      cd /srv/web
      image=$(ls good | grep raw)
      for bad in missing truncated byte key list; do mkdir $bad; cp good/SHA256SUMS* $bad/; done
      ln good/$image key/
      head -c 200000000 good/$image >truncated/$image
      cp good/$image byte/
      printf changed | dd of=byte/$image bs=1 seek=150000000 conv=notrunc status=none
      cp trials/foreign.gpg key/SHA256SUMS.gpg
      mv trials/older older
      ln older/$image list/
      cp older/SHA256SUMS list/
      chmod -R a+rX /srv/web
      echo 'events {} http { server { listen 8080; root /srv/web; } }' >/srv/nginx.conf
      systemd-run --quiet --unit=web nginx -c /srv/nginx.conf -g 'daemon off;'
      until curl -so /dev/null http://127.0.0.1:8080/good/SHA256SUMS; do sleep 0.1; done
      echo $image\
      """;

  private static final String HTTP_BOOT = "/etc/systemd/network/20-testbed.network.d/boot.conf";

  private Path files;
  private Host server;
  private String image;

  @BeforeAll
  void publish() {
    files = Path.of(Lane.print("image/bootstrap"));
    server = Host.boot("images");
    server.push(files.resolve("web"), "/srv/web/good");
    server.push(files.resolve("trials/older"), "/srv/web/trials/older");
    server.push(files.resolve("trials/foreign.gpg"), "/srv/web/trials/foreign.gpg");
    image = server.sh(FILES);
  }

  @AfterAll
  void close() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void aGoodImageIsVerifiedAndBooted() {
    Host host = Host.bootImage("imported", files, credentials("good", "halt"));
    try (host) {
      assertThat(host.sh("systemctl is-system-running")).isEqualTo("running");
      assertThat(host.sh("bootctl status --no-pager"))
          .contains("Secure Boot: enabled (user)", "Measured UKI: yes", "bitbuilder-import_");
      assertThat(host.sh("veritysetup status usr")).contains("status:      verified", "/dev/loop");
      assertThat(host.sh("cat /proc/cmdline"))
          .contains(host.sh("veritysetup status usr | sed -n 's/ *root hash: */usrhash=/p'"));
      assertThat(host.sh("findmnt -no SOURCE /var")).isEqualTo("/dev/mapper/var");
      assertThat(host.sh("cryptsetup status var")).contains("LUKS2", "/dev/vda");
      assertThat(downloads()).isEqualTo("1");
      host.sh("echo kept >/var/lib/kept; sync /var/lib/kept");
      host.powerCut();
      assertThat(downloads()).isEqualTo("2");
      assertThat(host.sh("cat /var/lib/kept")).isEqualTo("kept");
    }
  }

  /** Its firmware is told where the UKI is, and the UKI finds the image beside itself. */
  @Test
  void withNothingOnItsDiskAMachineBootsOverHttp() {
    String kernel = image.replace("-host_", "-import_").replace(".raw.zst", ".efi");
    server.push(files.resolve(kernel), "/srv/web/good/" + kernel);
    server.write(HTTP_BOOT, offering("http://%s:8080/good/%s".formatted(server.address(), kernel)));
    server.succeeds("networkctl", "reload");
    Map<String, String> told = Map.of("bitbuilder.disk", "/dev/vda");
    try (Host host = Host.bootImage("blank", files.resolve("trials/blank"), told)) {
      assertThat(host.sh("systemctl is-system-running")).isEqualTo("running");
      assertThat(host.sh("cat /proc/cmdline")).contains("bootorigin").contains("usrhash=");
      assertThat(host.sh("veritysetup status usr")).contains("status:      verified", "/dev/loop");
      assertThat(host.sh("cryptsetup status var")).contains("LUKS2", "/dev/vda");
      assertThat(host.sh("lsblk -nro PARTLABEL /dev/vda").strip()).isEqualTo("bitbuilder-var");
      host.sh("echo kept >/var/lib/kept; sync /var/lib/kept");
      host.powerCut();
      assertThat(host.sh("cat /var/lib/kept")).isEqualTo("kept");
    } finally {
      server.succeeds("rm", HTTP_BOOT);
      server.succeeds("networkctl", "reload");
    }
  }

  /** What firmware takes for an offer to boot over HTTP: UEFI specification 2.10, 24.7. */
  private static String offering(String url) {
    return """
    [Network]
    DHCPServer=yes
    [DHCPServer]
    PoolOffset=200
    PoolSize=20
    BootFilename=%s
    SendOption=60:string:HTTPClient
    """
        .formatted(url);
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        Arguments.of("missing", "halt", ".raw.zst failed with code 404"),
        Arguments.of("truncated", "retry", "Failed to retrieve image file."),
        Arguments.of("byte", "halt", "DOWNLOAD INVALID: Checksum"),
        Arguments.of("key", "halt", "DOWNLOAD INVALID: Signature"),
        Arguments.of("list", "halt", "DOWNLOAD INVALID: Signature"),
        Arguments.of("older", "previous", "another image than the one this UKI names"));
  }

  /** Each says why, and goes where the operator wanted; none comes as far as a login. */
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("bad")
  void aBadImageEndsInTheRecoveryThatWasConfigured(String kind, String recovery, String why) {
    try (Console console =
        Console.of("bad-" + kind, files.resolve("trials"), credentials(kind, recovery))) {
      String said = console.says(VERDICT, "the operator's choice is " + recovery);
      assertThat(said)
          .contains(why)
          .contains("the host was not started from bitbuilder-import_")
          .doesNotContain("login:");
      String end =
          switch (recovery) {
            case "retry" -> "reboot: Restarting system";
            case "previous" -> "the host was not started from bitbuilder-import_0.0.1.efi";
            default -> "bitbuilder: recovery: halted";
          };
      assertThat(console.says(VERDICT, end)).doesNotContain("login:");
    }
  }

  /** How often the good image was asked for: once at each boot, in the initrd. */
  private String downloads() {
    return server.sh("grep -c \"GET /good/$1 \" /var/log/nginx/access.log", image);
  }

  private Map<String, String> credentials(String directory, String recovery) {
    return Map.of(
        "import.pull",
        "raw,machine,verify=signature,blockdev:host:http://%s:8080/%s/%s"
            .formatted(server.address(), directory, image),
        "bitbuilder.recovery",
        recovery,
        "bitbuilder.recovery-pause",
        "2");
  }
}
