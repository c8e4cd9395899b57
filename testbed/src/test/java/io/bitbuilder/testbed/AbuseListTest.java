package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.testbed.abuse.HostileList;
import io.bitbuilder.testbed.abuse.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The list of attacks is what docs/reference/abuse.md says, and does not get shorter. */
final class AbuseListTest {
  private static final Path PAGE = Path.of("../docs/reference/abuse.md");
  private static final int FLOOR = 150;

  @Test
  void thePageListsThem() throws IOException {
    String page = Report.page(HostileList.all());
    if (Boolean.getBoolean("reference.update")) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE).hasContent(page);
    assertThat(HostileList.all()).hasSizeGreaterThanOrEqualTo(FLOOR);
  }
}
