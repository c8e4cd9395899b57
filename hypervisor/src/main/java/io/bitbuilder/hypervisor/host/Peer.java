package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;

/** Who listens at a socket in a directory that a tenant's QEMU may write to. */
final class Peer {
  private Peer() {}

  /**
   * Who it is, when it is not who it should be: whoever broke out of QEMU could have put a link to
   * somebody else's socket there.
   *
   * @param user the user ID QEMU has
   * @return our words for it, or empty when it is this user
   */
  static Optional<String> stranger(SocketChannel channel, Path socket, long user)
      throws IOException {
    UserPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    UserPrincipal expected =
        socket
            .getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(String.valueOf(user));
    return peer.equals(expected)
        ? Optional.empty()
        : Optional.of("user " + peer.getName() + " listens at " + socket);
  }
}
