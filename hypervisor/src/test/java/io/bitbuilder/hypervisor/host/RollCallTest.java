package io.bitbuilder.hypervisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RollCallTest {
  private final Semaphore begun = new Semaphore(0);
  private final Semaphore mayAnswer = new Semaphore(0);
  private final List<List<String>> asked = Collections.synchronizedList(new ArrayList<>());
  private final RollCall<String> rollCall = new RollCall<>(this::answer);

  private Map<String, String> answer(Collection<String> units) throws IOException {
    asked.add(List.copyOf(units));
    begun.release();
    mayAnswer.acquireUninterruptibly();
    if (units.contains("bad")) {
      throw new IOException("no answer");
    }
    Map<String, String> answer = new HashMap<>();
    units.forEach(unit -> answer.put(unit, unit + "!"));
    return answer;
  }

  @Test
  void whoAsksMeanwhileSharesTheNext() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Map<String, String>>> answers = new ArrayList<>();
      answers.add(executor.submit(() -> rollCall.of(List.of("u0"))));
      begun.acquire();
      for (int i = 1; i < 50; i++) {
        String unit = "u" + i;
        answers.add(executor.submit(() -> rollCall.of(List.of(unit, "shared"))));
      }
      while (executor.submit(() -> rollCall.waiting()).get() < 49) {
        Thread.onSpinWait();
      }
      mayAnswer.release(2);
      for (int i = 1; i < 50; i++) {
        assertThat(answers.get(i).get())
            .isEqualTo(Map.of("u" + i, "u" + i + "!", "shared", "shared!"));
      }
    }
    assertThat(asked).hasSize(2);
    assertThat(asked.get(1)).hasSize(50);
  }

  @Test
  void whoIsInterruptedLeavesTheOthersAlone() throws Exception {
    CompletableFuture<Exception> first = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                rollCall.of(List.of("a"));
              } catch (IOException e) {
                first.complete(e);
              }
            });
    begun.acquire();
    CompletableFuture<Map<String, String>> second = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            second.complete(rollCall.of(List.of("b")));
          } catch (IOException e) {
            second.completeExceptionally(e);
          }
        });
    thread.interrupt();
    assertThat(first.get()).isInstanceOf(InterruptedIOException.class);
    mayAnswer.release(2);
    assertThat(second.get()).containsOnlyKeys("b");
  }

  @Test
  void aQuestionThatFailsFailsForAllWhoAskedItAndForNobodyElse() throws IOException {
    mayAnswer.release(2);
    assertThatThrownBy(() -> rollCall.of(List.of("bad"))).hasMessage("no answer");
    assertThat(rollCall.of(List.of("good"))).containsEntry("good", "good!");
  }
}
