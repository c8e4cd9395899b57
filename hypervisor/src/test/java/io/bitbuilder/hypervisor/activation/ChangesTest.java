package io.bitbuilder.hypervisor.activation;

import static io.bitbuilder.hypervisor.activation.Change.Kind.KEEP;
import static io.bitbuilder.hypervisor.activation.Change.Kind.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.compiler.Compiled.Resource;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.model.Check;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChangesTest {
  private static List<String> between(Manifest from, Manifest to) {
    return Changes.between(Optional.of(from), to).stream()
        .map(change -> change.kind() + " " + change.resource() + ": " + change.why())
        .toList();
  }

  @Test
  void theFirstGenerationStartsWhatStartsByItself() {
    Manifest to =
        Generations.manifest(
            Generations.resource("web"), Generations.resource("cron").autostart(false));
    assertThat(Changes.between(Optional.empty(), to))
        .extracting(Change::kind)
        .containsExactly(START, KEEP);
  }

  @Test
  void theSameGenerationTwiceIsNothing() {
    Manifest manifest = Generations.manifest(Generations.resource("web"));
    assertThat(between(manifest, manifest)).containsExactly("KEEP web: unchanged");
  }

  @Test
  void onlyWhatChangedIsTouchedAndEndingComesFirst() {
    Manifest from =
        Generations.manifest(
            Generations.resource("a"),
            Generations.resource("b"),
            Generations.resource("c"),
            Generations.resource("d"));
    Manifest to =
        Generations.manifest(
            Generations.resource("a"),
            Generations.resource("b").live("other"),
            Generations.resource("c").restart("other"),
            Generations.resource("e"));
    assertThat(Changes.between(Optional.of(from), to))
        .extracting(change -> change.kind() + " " + change.resource())
        .containsExactly("STOP d", "RESTART c", "START e", "LIVE b", "KEEP a");
  }

  @Test
  void aRenamedContainerSaysWhatItWas() {
    Manifest from = Generations.manifest(Generations.resource("old").uid("u1"));
    Manifest to = Generations.manifest(Generations.resource("new").uid("u1"));
    assertThat(between(from, to))
        .containsExactly("STOP old: renamed to new", "START new: renamed from old");
  }

  @Test
  void theReasonNamesWhatIsKnownToDiffer() {
    Manifest from = Generations.manifest(Generations.resource("web"));
    Manifest image = Generations.manifest(Generations.resource("web").image("f").restart("x"));
    Manifest other = Generations.manifest(Generations.resource("web").restart("x"));
    assertThat(between(from, image)).containsExactly("RESTART web: image changed");
    assertThat(between(from, other)).containsExactly("RESTART web: its definition changed");
  }

  @Test
  void eachPlaceOnTheHostThatMovedIsNamed() {
    Resource web = Generations.resource("web").build();
    Resource moved =
        new Resource(
            Resource.Kind.CONTAINER,
            web.name(),
            web.uid(),
            web.unit(),
            web.machine(),
            new Resource.Port(
                "lan", "bb-other", "vb-web", "10.9.9.9", "fd00:b17b::2", "02:00:00:00:00:99"),
            web.uidBase() + 65_536,
            web.image(),
            web.files(),
            web.boots(),
            web.autostart(),
            "moved",
            web.liveDigest(),
            web.checks());
    assertThat(between(Generations.manifest(List.of(web)), Generations.manifest(List.of(moved))))
        .containsExactly("RESTART web: address, network, MAC address, UID range changed");
  }

  @Test
  void whatChangesInPlaceSaysWhat() {
    Manifest from = Generations.manifest(Generations.resource("web"));
    Manifest limits = Generations.manifest(Generations.resource("web").live("m"));
    Manifest byHand = Generations.manifest(Generations.resource("web").live("m").autostart(false));
    Manifest checks =
        Generations.manifest(
            Generations.resource("web")
                .checks(new Check.Tcp(80, Duration.ofSeconds(1), Duration.ofSeconds(1))));
    assertThat(between(from, limits))
        .containsExactly("LIVE web: limits, restart policy or network changed");
    assertThat(between(from, byHand))
        .containsExactly("LIVE web: no longer starts by itself, and goes on running");
    assertThat(
            between(
                byHand,
                Generations.manifest(Generations.resource("web").live("n").autostart(false))))
        .containsExactly("LIVE web: limits, restart policy or network changed");
    assertThat(between(from, checks)).containsExactly("KEEP web: only its health checks changed");
  }

  @Test
  void whatStartsByItselfFromNowOnIsStarted() {
    Resource off = Generations.resource("web").autostart(false).build();
    Manifest from = Generations.manifest(List.of(off));
    Manifest to = Generations.manifest(Generations.resource("web"));
    assertThat(between(from, to)).containsExactly("START web: starts by itself from now on");
    assertThat(between(to, from))
        .as("and what no longer does goes on running")
        .containsExactly("KEEP web: unchanged");
  }

  @Test
  void aPlanAndItsRollbackTouchTheSame() {
    Manifest from = Generations.manifest(Generations.resource("a"), Generations.resource("b"));
    Manifest to =
        Generations.manifest(Generations.resource("b").restart("x"), Generations.resource("c"));
    assertThat(between(to, from))
        .containsExactly(
            "STOP c: no longer declared", "RESTART b: its definition changed", "START a: new");
  }

  @Test
  void switchingOffStopsAll() {
    Manifest from = Generations.manifest(Generations.resource("a"), Generations.resource("b"));
    assertThat(Changes.stopping(from, "disabled"))
        .extracting(change -> change.kind() + " " + change.unit() + " " + change.why())
        .containsExactly(
            "STOP tenant-container@acme-a.service disabled",
            "STOP tenant-container@acme-b.service disabled");
  }
}
