package io.bitbuilder.hypervisor.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.host.Resolver.Answer;
import io.bitbuilder.hypervisor.host.Resolver.Found;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers as systemd 262 gave them. */
@Timeout(60)
final class LocalResolverTest {
  private static final String WWW =
      "{\"parameters\":{\"rrs\":[{\"ifindex\":2,\"rr\":{\"key\":{\"class\":1,\"type\":1,\"name\":\"www.example.org\"},"
          + "\"address\":[203,0,113,80]},\"raw\":\"A3d3dwdleGFtcGxlA29yZwAAAQABAAAAPAAEywBxUA==\"}],"
          + "\"flags\":%d}}\0";
  private static final long NETWORK = 8_388_609;

  @TempDir Path root;
  private FakeVarlink service;
  private Resolver resolver;

  @BeforeEach
  void listen() throws IOException {
    service = new FakeVarlink(root.resolve("run/systemd/resolve/io.systemd.Resolve"));
    resolver = new LocalResolver(root);
  }

  @AfterEach
  void close() throws IOException {
    service.close();
  }

  private Answer said(String... pieces) {
    service.answer(pieces);
    return resolver.resolve("www.example.org.", 1);
  }

  @Test
  void whatANameServerSaidIsRead() {
    assertThat(said(WWW.formatted(NETWORK)))
        .isInstanceOfSatisfying(
            Answer.Records.class,
            answer -> {
              assertThat(answer.records()).hasSize(1);
              Found found = answer.records().getFirst();
              assertThat(found.type()).isEqualTo(1);
              assertThat(found.ttl()).isEqualTo(60);
              assertThat(found.data()).containsExactly(203, 0, 113, 80);
            });
    // By DNS alone, and of what the host knows nothing.
    assertThat(service.calls)
        .containsExactly(
            "{\"method\":\"io.systemd.Resolve.ResolveRecord\",\"parameters\":"
                + "{\"name\":\"www.example.org.\",\"class\":1,\"type\":1,\"flags\":26625}}");
    assertThat(said(WWW.formatted(1 | 1 << 20))).isInstanceOf(Answer.Records.class);
  }

  /**
   * A name of a machine, of the host, of a zone, of nobody; and of a kind of source yet to come.
   */
  @ParameterizedTest
  @ValueSource(
      longs = {
        134_217_729,
        786_945,
        NETWORK | 1 << 19,
        NETWORK | 1 << 21,
        NETWORK | 1 << 22,
        1,
        0,
        1L << 40
      })
  void whatTheHostKnowsIsNobodysBusiness(long flags) {
    assertThat(said(WWW.formatted(flags))).isEqualTo(new Answer.NoName());
  }

  @Test
  void whatIsNotThereIsToldApart() {
    String error = "{\"error\":\"io.systemd.Resolve.%s\",\"parameters\":%s}\0";
    assertThat(said(error.formatted("DNSError", "{\"rcode\":3}"))).isEqualTo(new Answer.NoName());
    assertThat(said(error.formatted("DNSError", "{\"rcode\":2}"))).isEqualTo(new Answer.Failed());
    assertThat(said(error.formatted("NoSuchResourceRecord", "{}")))
        .isEqualTo(new Answer.NoRecords());
    assertThat(said(error.formatted("QueryTimedOut", "{}"))).isEqualTo(new Answer.Failed());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}\0",
        "nonsense\0",
        "{\"parameters\":{\"rrs\":[{\"raw\":\"!\"}],\"flags\":8388609}}\0",
        "{\"parameters\":{\"rrs\":[{\"raw\":\"fw==\"}],\"flags\":8388609}}\0",
        "{\"parameters\":{\"rrs\":[{\"raw\":\"gA==\"}],\"flags\":8388609}}\0",
        "{\"parameters\":{\"rrs\":[{}],\"flags\":8388609}}\0"
      })
  void nonsenseIsNoAnswer(String text) {
    assertThat(said(text)).isIn(new Answer.Failed(), new Answer.NoName());
  }

  @Test
  void withoutAResolverNobodyCanSay() throws IOException {
    service.close();
    assertThat(new LocalResolver(root.resolve("elsewhere")).resolve("x", 1))
        .isEqualTo(new Answer.Failed());
  }
}
