package io.bitbuilder.hypervisor.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusedTest {
  private static final TenantId ALPHA = new TenantId("alpha");
  private static final TenantId BETA = new TenantId("beta");

  @TempDir Path root;

  private static CommitId commit(int number) {
    return new CommitId("%040x".formatted(number));
  }

  @Test
  void aRefusedRevisionIsRefusedAsItWasMade() throws IOException {
    Instant before = Instant.now();
    new Refused(root).refuse(ALPHA, commit(1), "in", "no answer");
    Refused again = new Refused(root);
    assertThat(again.isRefused(ALPHA, commit(1), "in")).isTrue();
    assertThat(again.isRefused(ALPHA, commit(1), "other")).as("made otherwise").isFalse();
    assertThat(again.isRefused(ALPHA, commit(2), "in")).as("another commit").isFalse();
    assertThat(again.isRefused(BETA, commit(1), "in")).as("another tenant").isFalse();
    assertThat(again.entries())
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.tenant()).isEqualTo(ALPHA);
          assertThat(entry.commit()).isEqualTo(commit(1));
          assertThat(entry.why()).isEqualTo("no answer");
          assertThat(entry.at()).isBetween(before, Instant.now());
        });
  }

  @Test
  void refusedWithoutInputsIsRefusedWhateverTheyAre() throws IOException {
    Refused refused = new Refused(root);
    refused.refuse(ALPHA, commit(1), "", "by hand");
    assertThat(refused.isRefused(ALPHA, commit(1), "any")).isTrue();
  }

  @Test
  void aSecondRefusalReplacesTheFirst() throws IOException {
    Refused refused = new Refused(root);
    refused.refuse(ALPHA, commit(1), "in", "first");
    refused.refuse(ALPHA, commit(2), "in", "between");
    refused.refuse(BETA, commit(1), "in", "of another");
    refused.refuse(ALPHA, commit(1), "in", "second");
    assertThat(refused.entries())
        .extracting(Refused.Entry::why)
        .containsExactly("between", "of another", "second");
  }

  @Test
  void whatIsForgivenIsTriedAgain() throws IOException {
    Refused refused = new Refused(root);
    refused.refuse(ALPHA, commit(1), "in", "one");
    refused.refuse(ALPHA, commit(2), "in", "two");
    refused.refuse(BETA, commit(1), "in", "three");
    refused.forgive(ALPHA, commit(1));
    assertThat(refused.entries()).extracting(Refused.Entry::why).containsExactly("two", "three");
    refused.forget(ALPHA);
    assertThat(refused.entries()).extracting(Refused.Entry::why).containsExactly("three");
  }

  @Test
  void whatChangesNothingIsNotWritten() throws IOException {
    Refused refused = new Refused(root);
    refused.forgive(ALPHA, commit(1));
    refused.forget(ALPHA);
    assertThat(root.resolve("refused.json")).doesNotExist();
  }

  @Test
  void ofEachTenantTheNewestFiftyAreKept() throws IOException {
    Refused refused = new Refused(root);
    refused.refuse(BETA, commit(1), "", "of another");
    for (int i = 1; i <= 52; i++) {
      refused.refuse(ALPHA, commit(i), "", String.valueOf(i));
    }
    assertThat(refused.entries()).hasSize(51);
    assertThat(refused.isRefused(BETA, commit(1), "")).isTrue();
    assertThat(refused.isRefused(ALPHA, commit(2), "")).isFalse();
    assertThat(refused.isRefused(ALPHA, commit(3), "")).isTrue();
    assertThat(refused.isRefused(ALPHA, commit(52), "")).isTrue();
  }

  @Test
  void aDamagedLedgerIsNotAnEmptyOne() throws IOException {
    for (String text :
        new String[] {
          "{",
          "{\"refused\": 1}",
          "{\"refused\": [{\"tenant\": \"alpha\"}]}",
          "{\"refused\": [{\"tenant\": \"alpha\", \"commit\": \"%s\", \"why\": \"\", \"at\": \"x\"}]}"
              .formatted("a".repeat(40))
        }) {
      Files.writeString(root.resolve("refused.json"), text);
      assertThatIOException()
          .isThrownBy(() -> new Refused(root).entries())
          .withMessageStartingWith("damaged file " + root.resolve("refused.json"));
    }
  }
}
