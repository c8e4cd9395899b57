package io.bitbuilder.hypervisor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostAddressesTest {
  @TempDir private Path root;

  @Test
  void whatIsWrittenIsReadAndIsNeitherLoopbackNorTheLinkAlone() throws IOException {
    assertThat(HostAddresses.read(root)).isEmpty();
    Path objects = Files.createDirectories(root.resolve("var/lib/bitbuilder/objects"));
    HostAddresses.write(objects);
    assertThat(HostAddresses.read(root))
        .doesNotHaveDuplicates()
        .allSatisfy(text -> {
          InetAddress address = InetAddress.ofLiteral(text);
          assertThat(address.isLoopbackAddress()).isFalse();
          assertThat(address.isLinkLocalAddress()).isFalse();
        });
    Files.writeString(objects.resolve("addresses"), "192.0.2.7\n\n2001:db8::7\n");
    assertThat(HostAddresses.read(root)).containsExactly("192.0.2.7", "2001:db8::7");
  }
}
