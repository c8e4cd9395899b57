package io.bitbuilder.hypervisor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are names, and valid by existing. */
class NamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"a", "z", "a0", "a9", "tenant-001", "a--b", "aa345678901234567890123456789-1"})
  void aLabelNamesTenantsAndResources(String text) {
    assertThat(new TenantId(text)).hasToString(text);
    assertThat(new ResourceName(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "a-",
        "-a",
        "0",
        "9a",
        "A",
        "aZ",
        "a_b",
        "a.b",
        "a b",
        "a/b",
        "..",
        "é",
        "a`",
        "a{",
        "`",
        "{",
        "a:",
        "a\n",
        "a345678901234567890123456789012-3"
      })
  void anythingElseIsNoName(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new TenantId(text));
    assertThatIllegalArgumentException().isThrownBy(() -> new ResourceName(text));
  }

  @Test
  void aTenantMayHaveOneCharacterMoreThanAResource() {
    String text = "a".repeat(32);
    assertThat(TenantId.isValid(text)).isTrue();
    assertThat(ResourceName.isValid(text)).isFalse();
    assertThat(ResourceName.isValid(text.substring(1))).isTrue();
    assertThat(TenantId.isValid(text + "a")).isFalse();
  }

  @Test
  void noTenantIsCalledSystem() {
    assertThat(TenantId.isValid("system")).isFalse();
    assertThat(ResourceName.isValid("system")).isTrue();
    assertThat(TenantId.isValid("system-1")).isTrue();
  }

  @Test
  void namesSortByTheirLetters() {
    assertThat(List.of(new TenantId("b"), new TenantId("a-1"), new TenantId("a")))
        .isSortedAccordingTo((one, other) -> other.compareTo(one));
    assertThat(List.of(new ResourceName("b"), new ResourceName("a-1"), new ResourceName("a")))
        .isSortedAccordingTo((one, other) -> other.compareTo(one));
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 64})
  void aCommitIsNamedInFull(int length) {
    String text = "09af".repeat(length / 4);
    assertThat(new CommitId(text)).hasToString(text);
    assertThat(new CommitId(text).abbreviated()).isEqualTo("09af09af09af");
    assertThat(CommitId.isValid(text + "0")).isFalse();
    assertThat(CommitId.isValid(text.substring(1))).isFalse();
    for (String digit : List.of("g", "A", "/", ":", "`", "\n")) {
      assertThat(CommitId.isValid(text.substring(1) + digit)).as(digit).isFalse();
    }
  }

  @Test
  void whatIsNoCommitIsNone() {
    assertThatIllegalArgumentException().isThrownBy(() -> new CommitId(""));
    assertThatIllegalArgumentException().isThrownBy(() -> new CommitId("main"));
  }
}
