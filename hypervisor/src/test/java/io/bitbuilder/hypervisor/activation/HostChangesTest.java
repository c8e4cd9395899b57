package io.bitbuilder.hypervisor.activation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.compiler.Installation;
import io.bitbuilder.hypervisor.model.HostUnits;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class HostChangesTest {
  private static HostUnits units(String... pathsAndTexts) {
    TreeMap<String, String> units = new TreeMap<>();
    for (int i = 0; i < pathsAndTexts.length; i += 2) {
      units.put(pathsAndTexts[i], pathsAndTexts[i + 1]);
    }
    return new HostUnits(units, new TreeMap<>(), new TreeMap<>());
  }

  @Test
  void whatIsTheSameIsNotTouched() {
    HostUnits both = units("a.service", "[Unit]\n", "a.service.d/x.conf", "[Service]\n");
    HostChanges changes = HostChanges.between(both, both);
    assertThat(changes.changed()).isEmpty();
    assertThat(changes.removed()).isEmpty();
  }

  @Test
  void aDropInChangesItsUnitUnlessTheUnitIsSomebodyElses() {
    HostChanges changes =
        HostChanges.between(
            units("a.service", "[Unit]\n"),
            units(
                "a.service", "[Unit]\n",
                "a.service.d/x.conf", "[Service]\n",
                "ssh.service.d/x.conf", "[Service]\n"));
    assertThat(changes.changed()).containsExactly("a.service");
  }

  @Test
  void aUnitWhoseFileIsGoneIsRemovedThoughADropInStays() {
    HostChanges changes =
        HostChanges.between(
            units("a.service", "[Unit]\n", "a.service.d/x.conf", "[Service]\n"),
            units("a.service.d/x.conf", "[Service]\n"));
    assertThat(changes.removed()).containsExactly("a.service");
    assertThat(changes.changed()).isEmpty();
  }

  @Test
  void whoWantsAUnitIsKnownWithItsInstance() {
    HostUnits host =
        units(
            "a.service", "[Install]\nWantedBy=multi-user.target b.target\nAlias=z.service\n",
            "t@.service", "[Install]\nRequiredBy=b.target\nDefaultInstance=one\n",
            "u@.service", "[Install]\nWantedBy=b.target\n");
    assertThat(Installation.links(host))
        .isEqualTo(
            Map.of(
                "multi-user.target.wants/a.service", "../a.service",
                "b.target.wants/a.service", "../a.service",
                "b.target.requires/t@one.service", "../t@.service",
                "z.service", "a.service"));
    assertThat(HostChanges.between(HostUnits.NONE, host).wanted())
        .isEqualTo(
            Map.of(
                "a.service", new TreeSet<>(java.util.Set.of("multi-user.target", "b.target")),
                "t@one.service", new TreeSet<>(java.util.Set.of("b.target"))));
  }

  @Test
  void peopleAreToldWhatHappens() {
    HostUnits from =
        new HostUnits(
            units(
                    "a.service", "[Unit]\n",
                    "gone.timer", "[Timer]\n",
                    "s.slice", "[Slice]\n",
                    "ssh.service.d/x.conf", "[Service]\n")
                .units(),
            new TreeMap<>(),
            new TreeMap<>(
                Map.of("old.sysext.raw", "1", "other.confext.raw", "2", "p.portable.raw", "1")));
    HostUnits to =
        new HostUnits(
            units(
                    "a.service", "[Service]\n",
                    "b.service", "[Install]\nWantedBy=multi-user.target\n",
                    "c.service", "[Service]\n",
                    "s.slice", "[Slice]\nMemoryMax=1G\n",
                    "ssh.service.d/x.conf", "[Service]\nNice=1\n")
                .units(),
            new TreeMap<>(Map.of("disks", "#!/bin/sh\n")),
            new TreeMap<>(
                Map.of("new.sysext.raw", "1", "other.confext.raw", "3", "p.portable.raw", "2")));
    assertThat(HostChanges.described(from, to))
        .extracting(change -> change.kind() + " " + change.resource() + ": " + change.why())
        .containsExactly(
            "STOP gone.timer: no longer declared",
            "STOP old.sysext.raw: no longer declared",
            "RESTART a.service: its definition changed, if it runs",
            "RESTART p.portable.raw: another image",
            "START b.service: new",
            "START new.sysext.raw: new",
            "LIVE c.service: new, and started by others",
            "LIVE disks: a generator, which runs at each reload",
            "LIVE other.confext.raw: another image",
            "LIVE s.slice: its definition changed",
            "LIVE ssh.service: drop-ins, for its next start");
    assertThat(HostChanges.described(to, to)).isEmpty();
  }

  @Test
  void theInstancesOfATemplateAreAskedForTogether() {
    assertThat(HostChanges.pattern("t@.service")).isEqualTo("t@*.service");
    assertThat(HostChanges.pattern("t@x.service")).isEqualTo("t@x.service");
    assertThat(HostChanges.restarts("a.slice")).isFalse();
    assertThat(HostChanges.restarts("a.timer")).isTrue();
  }
}
