package io.bitbuilder.hypervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.plan.Inputs.Draft;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Images of the catalogue that guests name. */
final class PlannerImagesTest {
  /** What nobody signed has no digest, and no guest. */
  @Test
  void anImageWithoutADigestIsRefused() {
    for (String name : List.of("direct", "direct/kernel", "direct/initrd")) {
      SystemConfig config = Inputs.config(Planning.POOL);
      TreeMap<String, SystemConfig.CatalogueImage> images = new TreeMap<>(config.images());
      images.computeIfPresent(name, (_, image) -> image.withDigest(""));
      Request request = new Draft("a").machine("m", "direct", Machine.Firmware.NONE, 1).request();
      Report found = new Report();
      Planned planned =
          Planner.plan(
              config.with(images),
              Inputs.HUGE,
              List.of(request),
              List.of(request.entry()),
              Allocations.empty(),
              found);
      assertThat(planned.tenants()).isEmpty();
      assertThat(found.sorted())
          .extracting(Diagnostic::message)
          .contains("nothing its publisher signed counts for image `" + name + "`");
    }
  }
}
