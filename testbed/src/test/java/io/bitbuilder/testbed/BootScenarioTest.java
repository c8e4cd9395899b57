package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("scenario")
final class BootScenarioTest {
  @Test
  void hostsSeeEachOtherKeepTheirDiskAndLeaveNoTrace() throws IOException {
    try (Host first = Host.boot("first");
        Host second = Host.boot("second")) {
      first.succeeds("ping", "-c", "1", "-W", "2", second.address());
      first.fails("ping", "-c", "1", "-W", "1", "192.0.2.251");
      first.succeeds("touch", "/var/lib/bitbuilder/kept");
      first.reboot();
      first.succeeds("test", "-e", "/var/lib/bitbuilder/kept");
      first.powerCut();
      first.succeeds("test", "-e", "/var/lib/bitbuilder/kept");
      first.waitForUnit("systemd-networkd.service", Duration.ofSeconds(10));
      first.eventually(Duration.ofSeconds(10), "ping -c 1 -W 1 " + second.address());
    }
    long pid = ProcessHandle.current().pid();
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain("first-" + pid);
    assertThat(Path.of("/run/netns/bbtest-first-" + pid)).doesNotExist();
  }
}
