package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.host.HostCipher;
import io.bitbuilder.hypervisor.host.Images;
import io.bitbuilder.hypervisor.host.Inside;
import io.bitbuilder.hypervisor.host.LocalCipher;
import io.bitbuilder.hypervisor.host.LocalCommands;
import io.bitbuilder.hypervisor.host.LocalImages;
import io.bitbuilder.hypervisor.host.LocalInside;
import io.bitbuilder.hypervisor.host.LocalMessages;
import io.bitbuilder.hypervisor.host.LocalSystemd;
import io.bitbuilder.hypervisor.host.Messages;
import io.bitbuilder.hypervisor.host.Pace;
import io.bitbuilder.hypervisor.host.Systemd;
import java.nio.file.Path;

/** What activation needs of the host it changes. */
public record HostPorts(
    Systemd systemd,
    Inside inside,
    Messages messages,
    Images images,
    Pace pace,
    HostCipher cipher) {
  /**
   * This host.
   *
   * @param root the directory the host's files are under
   */
  public static HostPorts local(Path root) {
    Commands commands = new LocalCommands();
    Systemd systemd = new LocalSystemd(root, commands);
    return new HostPorts(
        systemd,
        new LocalInside(root, systemd, commands),
        new LocalMessages(commands),
        new LocalImages(root),
        Pace.LOCAL,
        new LocalCipher());
  }
}
