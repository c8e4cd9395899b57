package io.bitbuilder.hypervisor.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The host's end, and a guest that says whatever a test wants it to. */
@Timeout(60)
class ScriptPortTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(1500);
  private static final String TEXT = "#!/bin/sh\necho ü\n";

  @TempDir Path root;

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private Path socket = Path.of("/");
  private long us;
  private ServerSocketChannel qemu = open();

  private static ServerSocketChannel open() {
    try {
      return ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void listen() throws IOException {
    Path directory = Files.createDirectories(root.resolve("run/bitbuilder/machines/acme/infra"));
    us = ((Number) Files.getAttribute(directory, "unix:uid")).longValue();
    socket = directory.resolve("scripts");
    qemu.bind(UnixDomainSocketAddress.of(socket));
  }

  @AfterEach
  void close() throws IOException {
    qemu.close();
  }

  private ScriptPort.End call(byte[] script, long user, Duration limit) throws IOException {
    return new ScriptPort(root, "infra.acme", user).run("pre-provision.sh", script, output, limit);
  }

  private CompletableFuture<ScriptPort.End> start(byte[] script, Duration limit) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return call(script, us, limit);
      } catch (IOException e) {
        throw new CompletionException(e);
      }
    });
  }

  private CompletableFuture<ScriptPort.End> start(Duration limit) {
    return start(TEXT.getBytes(UTF_8), limit);
  }

  private static ScriptPort.End await(CompletableFuture<ScriptPort.End> end) throws Exception {
    return end.get(40, TimeUnit.SECONDS);
  }

  private FakeAgent guest() throws IOException {
    return new FakeAgent(qemu.accept());
  }

  private static String reason(ScriptPort.End end) {
    return end instanceof ScriptPort.Failed failed ? failed.reason() : end.toString();
  }

  @Test
  void aScriptArrivesAndItsOutputAndStatusComeBack() throws Exception {
    CompletableFuture<ScriptPort.End> end = start(LONG);
    try (FakeAgent guest = guest().greeted()) {
      assertThat(guest.request())
          .isEqualTo(TEXT.getBytes(UTF_8).length + " acme pre-provision.sh\n" + TEXT);
      guest.say("out", "ü one");
      guest.say("out", "");
      guest.say("end", "3");
      assertThat(await(end)).isEqualTo(new ScriptPort.Exited(3));
      guest.left();
    }
    assertThat(output.toString(UTF_8)).isEqualTo("ü one\n\n");
  }

  @Test
  void aLargeScriptArrivesWhole() throws Exception {
    String text = "#!/bin/sh\n" + "# filling\n".repeat(26_000);
    CompletableFuture<ScriptPort.End> end = start(text.getBytes(UTF_8), LONG);
    try (FakeAgent guest = guest().greeted()) {
      assertThat(guest.request()).endsWith(" acme pre-provision.sh\n" + text);
      guest.say("end", "0");
      assertThat(await(end)).isEqualTo(new ScriptPort.Exited(0));
    }
  }

  @Test
  void whatLooksLikeAVerdictIsOutput() throws Exception {
    CompletableFuture<ScriptPort.End> end = start(LONG);
    try (FakeAgent guest = guest().greeted()) {
      guest.request();
      guest.say("out", "end " + guest.token() + " 0");
      guest.say("out", "ready " + guest.token() + " ");
      guest.say("end", "9");
      assertThat(await(end)).isEqualTo(new ScriptPort.Exited(9));
    }
    assertThat(output.toString(UTF_8)).startsWith("end ").contains("\nready ");
  }

  @Test
  void garbageAndOthersConversationsCountForNothing() throws Exception {
    CompletableFuture<ScriptPort.End> end = start(LONG);
    try (FakeAgent guest = guest().greeted()) {
      guest.raw("\0\u0001\nend\nend 0\nready \nend 00000000000000000000000000000000 0\n");
      guest.raw("out 00000000000000000000000000000000 of another\n");
      guest.raw("x".repeat(100_000) + "\n");
      guest.request();
      guest.raw("end " + guest.token().substring(1) + " 0\n");
      guest.raw(" end " + guest.token() + " 0\n");
      guest.say("end", "");
      guest.say("end", "-1");
      guest.say("end", "256");
      guest.say("end", "0x0");
      guest.say("end", "1".repeat(9000));
      guest.say("end", "4");
      assertThat(await(end)).isEqualTo(new ScriptPort.Exited(4));
    }
    assertThat(output.toString(UTF_8)).isEmpty();
  }

  @Test
  void longLinesAreCutAndTheNextIsWhole() throws Exception {
    CompletableFuture<ScriptPort.End> end = start(LONG);
    try (FakeAgent guest = guest().greeted()) {
      guest.request();
      guest.say("out", "y".repeat(100_000));
      guest.say("out", "next");
      guest.say("end", "0");
      assertThat(await(end)).isEqualTo(new ScriptPort.Exited(0));
    }
    assertThat(output.toString(UTF_8).lines().toList())
        .hasSize(2)
        .satisfies(lines -> {
          assertThat(lines.getFirst())
              .hasSizeLessThan(8400)
              .startsWith("yyy")
              .endsWith("y [the rest of this line is left out]");
          assertThat(lines.getLast()).isEqualTo("next");
        });
  }

  @Test
  void aMegabyteOfOutputComesThroughAndNoMore() throws Exception {
    CompletableFuture<ScriptPort.End> end = start(LONG);
    String line = "z".repeat(1023);
    try (FakeAgent guest = guest().greeted()) {
      guest.request();
      for (int i = 0; i < 3000; i++) {
        guest.say("out", line);
      }
      guest.say("end", "0");
      assertThat(await(end)).isEqualTo(new ScriptPort.Exited(0));
    }
    assertThat(output.toString(UTF_8).lines().toList())
        .hasSize(1025)
        .last()
        .isEqualTo("it wrote more than 1048576 bytes, and the rest is left out");
  }

  @Test
  void silenceIsAFailureThatSaysWhatIsNeeded() throws Exception {
    CompletableFuture<ScriptPort.End> end = start(SHORT);
    try (FakeAgent guest = guest().greeted()) {
      assertThat(guest.line()).as("it asks again").isEqualTo("hello " + guest.token());
      assertThat(reason(await(end)))
          .startsWith("machine infra.acme did not answer within 1 s")
          .contains("systemd 256");
    }
  }

  @Test
  void aScriptThatTakesTooLongIsGivenUp() throws Exception {
    CompletableFuture<ScriptPort.End> end = start(SHORT);
    try (FakeAgent guest = guest().greeted()) {
      guest.request();
      guest.say("out", "still at it");
      assertThat(reason(await(end))).isEqualTo("it took longer than 1 s");
      guest.left();
    }
    assertThat(output.toString(UTF_8)).isEqualTo("still at it\n");
  }

  @Test
  void outputWithoutEndDoesNotHoldUpTheDeadline() throws Exception {
    CompletableFuture<ScriptPort.End> end = start(SHORT);
    try (FakeAgent guest = guest().greeted()) {
      guest.request();
      assertThatThrownBy(
              () -> {
                while (true) {
                  guest.say("out", "yes ".repeat(1000));
                }
              })
          .as("the host has gone")
          .isInstanceOf(IOException.class);
    }
    assertThat(reason(await(end))).isEqualTo("it took longer than 1 s");
  }

  @Test
  void aGuestThatStartsAnewIsNotWaitedFor() throws Exception {
    CompletableFuture<ScriptPort.End> end = start(LONG);
    try (FakeAgent guest = guest().greeted()) {
      guest.request();
      assertThat(guest.line()).as("it is asked whether it is still there").startsWith("hello ");
      guest.say("ready", "");
      assertThat(reason(await(end))).isEqualTo("machine infra.acme started anew while it ran");
    }
  }

  @Test
  void aMachineThatEndsBeforeIsWaitedForAndWhileItRunsIsNot() throws Exception {
    CompletableFuture<ScriptPort.End> end = start(LONG);
    guest().greeted().close();
    try (FakeAgent guest = guest().greeted()) {
      guest.request();
    }
    assertThat(reason(await(end))).isEqualTo("machine infra.acme ended while it ran");
  }

  @Test
  void whatCannotBeRunSaysWhy() throws Exception {
    CompletableFuture<ScriptPort.End> end = start(LONG);
    try (FakeAgent guest = guest().greeted()) {
      guest.request();
      guest.say("broken", "no space");
      assertThat(reason(await(end))).isEqualTo("the guest could not run it: no space");
    }
  }

  @Test
  void whatAnotherUserListensToIsToldNothing() throws Exception {
    assertThat(reason(call(new byte[0], us + 1, LONG))).startsWith("user ").contains("listens at");
    try (FakeAgent guest = guest()) {
      assertThat(guest.line()).isEmpty();
    }
  }

  @Test
  void oneScriptAtATime() throws Exception {
    CompletableFuture<ScriptPort.End> first = start(LONG);
    try (FakeAgent guest = guest().greeted()) {
      guest.request();
      assertThat(reason(call(new byte[0], us, Duration.ofMillis(500))))
          .startsWith("another script ran in machine infra.acme all the time");
      CompletableFuture<ScriptPort.End> second = start(LONG);
      guest.say("end", "0");
      assertThat(await(first)).isEqualTo(new ScriptPort.Exited(0));
      try (FakeAgent next = guest().greeted()) {
        assertThat(next.token()).isNotEqualTo(guest.token());
        next.request();
        next.say("end", "1");
        assertThat(await(second)).isEqualTo(new ScriptPort.Exited(1));
      }
    }
  }

  @Test
  void aMachineThatDoesNotRunFailsSoon() throws Exception {
    qemu.close();
    Files.delete(socket);
    assertThat(reason(call(new byte[0], us, Duration.ofMillis(300)))).contains("did not answer");
    Files.delete(root.resolve("run/bitbuilder/machines/acme/infra"));
    assertThat(reason(call(new byte[0], us, Duration.ofMillis(300))))
        .isEqualTo("machine infra.acme does not run");
  }

  @Test
  void anInterruptedCallerIsToldSo() throws Exception {
    CompletableFuture<Optional<Throwable>> seen = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                call(new byte[0], us, LONG);
                seen.complete(Optional.empty());
              } catch (IOException e) {
                seen.complete(Optional.of(e));
              }
            });
    try (FakeAgent guest = guest().greeted()) {
      guest.request();
      thread.interrupt();
      assertThat(seen.get(20, TimeUnit.SECONDS)).get().isInstanceOf(InterruptedIOException.class);
      guest.left();
    }
  }

  @Test
  void anOutputThatBreaksIsNoVerdict() throws Exception {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("the journal has gone");
          }
        };
    CompletableFuture<ScriptPort.End> end =
        CompletableFuture.supplyAsync(() -> {
          try {
            return new ScriptPort(root, "infra.acme", us)
                .run("pre-provision.sh", new byte[0], broken, LONG);
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        });
    try (FakeAgent guest = guest().greeted()) {
      guest.request();
      guest.say("out", "x");
      try {
        guest.say("end", "0");
      } catch (IOException _) {
        // It has hung up already.
      }
      try {
        assertThat(await(end)).isNotEqualTo(new ScriptPort.Exited(0));
      } catch (ExecutionException e) {
        assertThat(e).hasRootCauseMessage("the journal has gone");
      }
    }
  }
}
