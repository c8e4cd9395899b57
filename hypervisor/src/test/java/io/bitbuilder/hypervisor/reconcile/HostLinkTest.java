package io.bitbuilder.hypervisor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.plan.Underlay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostLinkTest {
  private static final Underlay LINK =
      new Underlay(
          "fd00:b17b::1",
          51900,
          List.of(
              new Underlay.Peer(
                  "hv2",
                  "mBHV3Nt64DyqJpYBBpTzH9s3Im4H3oTlRGSjDbYlWEE=",
                  "192.0.2.2:51900",
                  "fd00:b17b::2")));

  @TempDir private Path temp;

  @Test
  void itIsSetUpOnceAndTakenDownWithTheLastOfIt() throws IOException {
    World world = new World(temp);
    HostLink link = new HostLink(temp, world.systemd);
    Path conf = world.state.resolve("underlay/bw-hosts.conf");
    link.set(Optional.empty());
    assertThat(world.systemd.takeLog()).isEmpty();
    link.set(Optional.of(LINK));
    link.set(Optional.of(LINK));
    assertThat(world.systemd.takeLog())
        .containsExactly("reload_or_start bitbuilder-underlay.service");
    assertThat(conf)
        .content()
        .isEqualTo(
            """
            [Tunnel]
            Name=hosts
            PrivateKey=generate
            ListenPort=51900

            [Peer]
            Name=hv2
            PublicKey=mBHV3Nt64DyqJpYBBpTzH9s3Im4H3oTlRGSjDbYlWEE=
            AllowedIPs=fd00:b17b::2/128
            Endpoint=192.0.2.2:51900
            PersistentKeepalive=0
            """);
    assertThat(world.state.resolve("underlay/network"))
        .content()
        .contains("Address=fd00:b17b::1/128", "Destination=fd00:b17b::2/128");
    link.set(Optional.empty());
    assertThat(conf).doesNotExist();
    assertThat(world.systemd.takeLog())
        .containsExactly("reload_or_start bitbuilder-underlay.service");
  }
}
