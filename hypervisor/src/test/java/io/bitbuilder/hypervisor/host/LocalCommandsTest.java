package io.bitbuilder.hypervisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LocalCommandsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path temp;
  private final Commands commands = new LocalCommands();

  @Test
  void whatAProgramSaysAndHowItEnds() throws IOException {
    Commands.Result result =
        commands.run(List.of("sh", "-c", "read x; echo \"$x\"; echo b >&2; exit 3"), "in\n", LONG);
    assertThat(result).isEqualTo(new Commands.Result(3, "in\n", "b\n", false));
    assertThat(result.ok()).isFalse();
  }

  @Test
  void inputThatIsNotReadIsNoError() throws IOException {
    assertThat(commands.run(List.of("true"), "x".repeat(1 << 20), LONG).ok()).isTrue();
  }

  @Test
  void moreThanTheLimitIsCutAndDoesNotBlock() throws IOException {
    Commands.Result result =
        commands.run(List.of("sh", "-c", "head -c 10000000 /dev/zero; echo end >&2"), LONG);
    assertThat(result.out()).hasSize(4 << 20);
    assertThat(result.err()).isEqualTo("end\n");
  }

  @Test
  void whatTakesTooLongIsKilledWithItsChildren() throws Exception {
    Path pid = temp.resolve("pid");
    Commands.Result result =
        commands.run(
            List.of("sh", "-c", "sleep 1000 & echo $! >" + pid + "; echo up; wait"),
            Duration.ofSeconds(1));
    assertThat(result.timedOut()).isTrue();
    assertThat(result.exit()).isEqualTo(-1);
    assertThat(result.out()).isEqualTo("up\n");
    long child = Long.parseLong(Files.readString(pid).strip());
    ProcessHandle.of(child).ifPresent(handle -> handle.onExit().join());
    assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void anInterruptedCallerIsFreeAtOnce() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                begun.countDown();
                commands.run(List.of("sleep", "1000"), Duration.ofHours(1));
              } catch (IOException e) {
                outcome.complete(e);
              }
            });
    begun.await();
    thread.interrupt();
    assertThat(outcome.join()).isInstanceOf(InterruptedIOException.class);
  }

  @Test
  void aProgramThatIsNotThereIsAnError() {
    assertThatThrownBy(() -> commands.run(List.of("/nowhere/program"), LONG))
        .isInstanceOf(IOException.class);
  }
}
