package io.bitbuilder.hypervisor.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.bitbuilder.hypervisor.generation.FlightLog.Flight;
import io.bitbuilder.hypervisor.generation.FlightLog.Kind;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightLogTest {
  private static final TenantId ALPHA = new TenantId("alpha");
  private static final TenantId BETA = new TenantId("beta");
  private static final Flight THERE =
      new Flight(ALPHA, 1, 2, Kind.CHANGE, 1, List.of("job.service", "other.service"));
  private static final Flight OFF = new Flight(BETA, 3, 0, Kind.OFF, 4, List.of());

  @TempDir Path root;

  @Test
  void whatBeganIsThereForWhoeverComesNext() throws IOException {
    FlightLog log = new FlightLog(root);
    log.begin(List.of(THERE, OFF));
    assertThat(log.flights()).containsOnlyKeys(ALPHA, BETA);
    assertThat(new FlightLog(root).flights())
        .containsEntry(ALPHA, THERE)
        .containsEntry(BETA, OFF)
        .hasSize(2);
  }

  @Test
  void aFlightReplacesTheOneBefore() throws IOException {
    FlightLog log = new FlightLog(root);
    log.begin(List.of(THERE));
    Flight back = new Flight(ALPHA, 2, 1, Kind.RETURN, 1, List.of());
    log.begin(List.of(back));
    assertThat(new FlightLog(root).flights()).containsEntry(ALPHA, back).hasSize(1);
  }

  @Test
  void whatEndedIsGoneAndTheLastTakesTheFileWithIt() throws IOException {
    FlightLog log = new FlightLog(root);
    log.begin(List.of(THERE, OFF));
    log.end(ALPHA);
    assertThat(new FlightLog(root).flights()).containsOnlyKeys(BETA);
    log.end(BETA);
    assertThat(root.resolve("journal.json")).doesNotExist();
    assertThat(log.flights()).isEmpty();
  }

  @Test
  void whatChangesNothingIsNotWritten() throws IOException {
    FlightLog log = new FlightLog(root);
    log.begin(List.of());
    log.countAttempt();
    log.end(ALPHA);
    assertThat(root.resolve("journal.json")).doesNotExist();
    log.begin(List.of(THERE));
    Files.delete(root.resolve("journal.json"));
    log.end(BETA);
    assertThat(root.resolve("journal.json")).doesNotExist();
  }

  @Test
  void anAttemptCountsForAll() throws IOException {
    FlightLog log = new FlightLog(root);
    log.begin(List.of(THERE, OFF));
    log.countAttempt();
    assertThat(new FlightLog(root).flights())
        .containsEntry(ALPHA, new Flight(ALPHA, 1, 2, Kind.CHANGE, 2, THERE.resume()))
        .containsEntry(BETA, new Flight(BETA, 3, 0, Kind.OFF, 5, List.of()));
  }

  @Test
  void whatWasHandedOutStaysAsItWas() throws IOException {
    FlightLog log = new FlightLog(root);
    log.begin(List.of(THERE));
    var before = log.flights();
    log.end(ALPHA);
    assertThat(before).containsOnlyKeys(ALPHA);
  }

  @Test
  void manyAtOnceAreAllDurableWhenTheirCallReturns() throws Exception {
    FlightLog log = new FlightLog(root);
    List<Future<Boolean>> all = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 64; i++) {
        TenantId tenant = new TenantId("t" + i);
        all.add(
            executor.submit(() -> {
              log.begin(List.of(new Flight(tenant, 0, 1, Kind.CHANGE, 1, List.of())));
              return new FlightLog(root).flights().containsKey(tenant);
            }));
      }
    }
    for (Future<Boolean> one : all) {
      assertThat(one.get()).isTrue();
    }
    assertThat(new FlightLog(root).flights()).hasSize(64);
  }

  @Test
  void aDamagedFileIsNotAnEmptyOne() throws IOException {
    for (String text :
        new String[] {
          "{",
          "{\"flights\": [{}]}",
          """
          {"flights": [{"tenant": "a", "from": 1, "to": 99999999999, "kind": "off", "attempts": 1, "resume": []}]}\
          """,
          """
          {"flights": [{"tenant": "a", "from": 1, "to": 2, "kind": "no", "attempts": 1, "resume": []}]}\
          """
        }) {
      Files.writeString(root.resolve("journal.json"), text);
      assertThatIOException()
          .isThrownBy(() -> new FlightLog(root))
          .withMessageStartingWith("damaged file " + root.resolve("journal.json"));
    }
  }
}
