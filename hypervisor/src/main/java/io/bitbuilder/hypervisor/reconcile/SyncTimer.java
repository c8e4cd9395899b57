package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.host.Systemd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The interval of bitbuilder-sync.timer as the system repository wants it: a drop-in that
 * tenant-generator hands over, so that it holds from the first moment of a boot and on a host whose
 * /etc cannot be written.
 */
final class SyncTimer {
  /** What the unit itself says. */
  private static final Duration SHIPPED = Duration.ofMinutes(1);

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Path file;
  private final Systemd systemd;

  SyncTimer(Path root, Systemd systemd) {
    this.file = root.resolve("var/lib/bitbuilder/units/bitbuilder-sync.timer.d/50-interval.conf");
    this.systemd = systemd;
  }

  /** Sets the interval; nothing happens when it is set already. */
  void set(Duration interval) throws IOException {
    // A list that is set empty forgets all its kinds, so the other one is said again.
    String wanted =
        interval.equals(SHIPPED)
            ? ""
            : "[Timer]\nOnUnitActiveSec=\nOnBootSec=10s\nOnUnitActiveSec="
                + Math.max(1, interval.toSeconds())
                + "s\n";
    if (wanted.equals(present())) {
      return;
    }
    if (wanted.isEmpty()) {
      Files.delete(file);
    } else {
      Files.createDirectories(directory());
      Path unfinished = directory().resolve(".new");
      Files.writeString(unfinished, wanted);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
    systemd.daemonReload();
    Systemd.Done done =
        systemd.run(Systemd.Verb.TRY_RESTART, List.of("bitbuilder-sync.timer"), LIMIT);
    if (!done.ok()) {
      throw new IOException("bitbuilder-sync.timer cannot be restarted");
    }
  }

  private Path directory() {
    return Objects.requireNonNull(file.getParent());
  }

  private String present() throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException _) {
      return "";
    }
  }
}
