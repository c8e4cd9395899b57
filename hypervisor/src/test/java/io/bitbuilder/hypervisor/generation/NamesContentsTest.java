package io.bitbuilder.hypervisor.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.model.TenantId;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a generation may say of name servers. */
final class NamesContentsTest {
  private final Contents contents = new Contents(new Reach(new TenantId("acme"), Set.of()));

  @Test
  void aNameServerListensAtAddressesAndAsksServers() {
    assertThat(
            contents.namesSocket(
                """
                [Unit]
                PartOf=tenant@acme.target

                [Socket]
                ListenDatagram=10.0.0.1:53
                ListenDatagram=[fd00::1]:53
                ListenStream=10.0.0.1:53
                """))
        .isTrue();
    assertThat(
            contents.namesServer(
                """
                [Service]
                LogExtraFields=TENANT=acme
                BindReadOnlyPaths=/var/lib/bitbuilder/generations/tenants/acme
                Environment=FORWARD=9.9.9.9,2620:fe::fe
                Environment=FORWARD=host
                RestrictAddressFamilies=AF_UNIX
                PrivateNetwork=no
                IPAddressAllow=9.9.9.9 2620:fe::fe
                """))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[Socket]\nListenStream=53\n",
        "[Socket]\nListenStream=0.0.0.0:53\n",
        "[Socket]\nListenStream=[::]:53\n",
        "[Socket]\nListenStream=10.0.0.1:22\n",
        "[Socket]\nListenStream=10.0.0.1:5353\n",
        "[Socket]\nListenStream=fd00::1:53\n",
        "[Socket]\nListenStream=[10.0.0.1]:53\n",
        "[Socket]\nListenStream=[fd00::1%lo]:53\n",
        "[Socket]\nListenStream=/run/x:53\n",
        "[Socket]\nListenStream=@abc:53\n",
        "[Socket]\nListenStream=\n",
        "[Socket]\nListenNetlink=route 1\n",
        "[Socket]\nExecStartPre=/bin/true\n",
        "[Socket]\nSocketUser=root\n",
        "[Socket]\nService=tenant-names@other-lan.service\n",
        "[Socket]\nAccept=yes\n",
        "[Unit]\nPartOf=tenant@other.target\n",
        "[Service]\nBindReadOnlyPaths=/var/lib/bitbuilder/generations/tenants/other\n",
        "[Service]\nBindReadOnlyPaths=/var/lib/bitbuilder/generations/tenants/acme/../other\n",
        "[Service]\nBindReadOnlyPaths=/var/lib/bitbuilder/generations/tenants/acme /etc\n",
        "[Service]\nBindPaths=/var/lib/bitbuilder/generations/tenants/acme\n",
        "[Service]\nPrivateNetwork=yes\n",
        "[Service]\nIPAddressAllow=any\n",
        "[Service]\nRestrictAddressFamilies=AF_NETLINK\n",
        "[Service]\nRestrictAddressFamilies=AF_UNIX AF_PACKET\n",
        "[Service]\nRestrictAddressFamilies=~AF_INET\n",
        "[Service]\nIPAddressAllow=localhost\n",
        "[Service]\nIPAddressAllow=10.0.0.0/8\n",
        "[Service]\nIPAddressAllow=0.0.0.0\n",
        "[Service]\nIPAddressAllow=9.9.9.9 any\n",
        "[Service]\nDynamicUser=no\n",
        "[Service]\nUser=root\n",
        "[Service]\nExecStart=/bin/sh\n",
        "[Service]\nEnvironment=A=b\n",
        "[Service]\nEnvironment=FORWARD=x LD_PRELOAD=y\n",
        "[Service]\nEnvironment=FORWARD=host PATH=/x\n",
        "[Service]\nLogExtraFields=TENANT=other\n"
      })
  void aNameServerMayNotSay(String text) {
    assertThat(contents.namesSocket(text)).isFalse();
    assertThat(contents.namesServer(text)).isFalse();
    assertThat(contents.dropIn(text)).isFalse();
  }
}
