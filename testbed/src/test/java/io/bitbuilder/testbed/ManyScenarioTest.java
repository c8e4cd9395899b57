package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A thousand tenants on one host; one that is broken hurts nobody. */
@Tag("scenario")
final class ManyScenarioTest {
  private static final int TENANTS = 1000;
  private static final String RESTING = "image: host\ncommand: [/bin/true]\nautostart: false\n";

  @RegisterExtension private static final Scene SCENE = new Scene("many");

  private final Site site = SCENE.site();

  @Test
  void aThousandTenantsAreCompiledPlannedAndListedAndOneBrokenHurtsNobody() {
    String little = "{\"cpu\": 0.1, \"memory\": \"16M\", \"storage\": \"16M\"}";
    site.quota(little);
    SortedMap<String, Map<String, String>> repositories = new TreeMap<>();
    for (int n = 0; n < TENANTS; n++) {
      String id = "t%04d".formatted(n);
      Tree tree = Tree.tenant(id, little).container("app", RESTING);
      switch (n) {
        case 7 -> tree = tree.idle("app");
        case 500 -> tree = tree.with("metadata.json", "{ \"tenant\": ");
        default -> {}
      }
      repositories.put(id, tree.files());
      site.register(id);
    }
    site.git().seed(repositories);
    site.publish();

    assertThat(site.sync(3)).contains("t0500", "BB101");

    Json tenants = site.json("tenants").at("tenants");
    assertThat(tenants.list()).hasSize(TENANTS);
    assertThat(tenants.list())
        .filteredOn(one -> !one.at("findings").list().isEmpty())
        .extracting(one -> one.at("id").text())
        .containsExactly("t0500");
    assertThat(tenants.list()).filteredOn(one -> one.has("generation")).hasSize(TENANTS - 1);
    assertThat(tenants.list().stream().map(one -> one.at("containers").toString()).distinct())
        .hasSize(TENANTS);
    assertThat(site.container("t0007", "app").at("state").text()).isEqualTo("active");
    assertThat(site.host().succeeds("bitbuilder", "status")).contains("1000");

    // The broken one is mended; nobody else is touched.
    SortedMap<String, String> before = site.invocations();
    site.push("t0500", "mended", Tree.tenant("t0500", little).idle("app"));
    assertThat(site.sync(0)).contains("t0500").doesNotContain("t0007", "t0499");
    assertThat(site.container("t0500", "app").at("state").text()).isEqualTo("active");
    assertThat(site.invocations()).containsAllEntriesOf(before).hasSize(before.size() + 1);
  }
}
