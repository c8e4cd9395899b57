package io.bitbuilder.hypervisor.networkd;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.NetworkTemplates;
import io.bitbuilder.hypervisor.networkd.TemplateKind.Allowed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tables of what templates may say, and the templates the package brings. */
class TemplateKindTest {
  private static final Path HOST = Path.of("../host");
  private static final Directives DIRECTIVES = Directives.shipped();

  @TempDir Path empty;

  @ParameterizedTest
  @EnumSource(TemplateKind.class)
  void systemdKnowsAllOfIt(TemplateKind kind) {
    Set<String> seen = new HashSet<>();
    for (Allowed allowed : kind.allowed()) {
      assertThat(DIRECTIVES.keys(kind.fileKind(), allowed.section())).contains(allowed.key());
      assertThat(seen.add(allowed.section() + "." + allowed.key())).isTrue();
      assertThat(Kept.of(kind.fileKind(), allowed.section(), allowed.key()))
          .as("kept and allowed: %s", allowed.key())
          .isEmpty();
      assertThat(allowed.doc()).matches("[A-Z].*\\.");
    }
  }

  @Test
  void whatIsKeptCanBeSaid() {
    assertThat(Kept.all())
        .hasSizeGreaterThan(60)
        .allSatisfy(kept -> {
          assertThat(DIRECTIVES.sections(kept.kind())).contains(kept.section());
          if (!kept.key().isEmpty()) {
            assertThat(DIRECTIVES.keys(kept.kind(), kept.section())).contains(kept.key());
          }
          assertThat(kept.why()).doesNotEndWith(".").doesNotStartWith(" ");
        });
  }

  /** What is fine with the longest values is fine with all: each is as long as its type allows. */
  @Test
  void samplesAreOfTheirType() {
    assertThat(Variable.TENANT.longest()).hasSize(32);
    assertThat(Variable.NETWORK.longest()).hasSize(31);
    assertThat(Variable.TUNNEL.longest()).hasSize(31);
    assertThat(Variable.BRIDGE.longest()).hasSize(15);
    assertThat(Variable.INTERFACE.longest()).hasSize(15);
    assertThat(Variable.DOMAIN.longest()).hasSize(32 + ".internal".length());
    assertThat(Variable.GATEWAY6.longest()).hasSize(39);
    for (Variable variable : Variable.values()) {
      assertThat(ValueTypes.TEXT.holds(variable.longest())).isTrue();
    }
    assertThat(ValueTypes.DOMAIN.holds(Variable.DOMAIN.longest())).isTrue();
  }

  @Test
  void thePackageBringsATemplateOfEachKind() throws IOException {
    Report report = new Report();
    assertThat(new Networkd(HOST).vendor(report).orElseThrow().byFile())
        .hasSize(TemplateKind.values().length);
    assertThat(report.sorted()).isEmpty();
    try (Stream<Path> files = Files.list(HOST.resolve(Networkd.VENDOR))) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> FileKind.of(name).isPresent()))
          .allSatisfy(name -> assertThat(TemplateKind.of(name)).isPresent())
          .hasSize(TemplateKind.values().length);
    }
  }

  /** What is not set there can be seen there. */
  @ParameterizedTest
  @EnumSource(TemplateKind.class)
  void theyShowWhatMayBeSet(TemplateKind kind) throws IOException {
    String text = Files.readString(HOST.resolve(Networkd.VENDOR).resolve(kind.file()));
    Networkd commented = hostWith(kind, text.replaceAll("(?m)^# (?=[A-Za-z]+=)", ""));
    Report report = new Report();
    commented.vendor(report);
    // Time servers and zones are shown, not told.
    assertThat(report.sorted())
        .allSatisfy(finding -> assertThat(finding.message()).contains("Emit"));
    for (Allowed allowed : kind.allowed()) {
      if (!allowed.key().equals("RapidCommit") && !allowed.doc().startsWith("What it is")) {
        assertThat(text).contains(allowed.key() + "=");
      }
    }
  }

  @Test
  void aHostWithoutThemHasThoseTheProductWasBuiltWith() throws IOException {
    assertThat(new Networkd(empty).vendor(new Report()))
        .isEqualTo(new Networkd(HOST).vendor(new Report()));
  }

  @Test
  void aVendorsMistakeIsFoundWhereItIs() throws IOException {
    Report report = new Report();
    Networkd host = hostWith(TemplateKind.BRIDGE_LINK, "[Network]\nIPMasquerade=both\n");
    assertThat(host.vendor(report)).isEmpty();
    assertThat(report.sorted().getFirst().location())
        .hasToString("/usr/lib/bitbuilder/network/10-tenant-bridge.network:2:1");
    report = new Report();
    Networkd large = hostWith(TemplateKind.BRIDGE_LINK, "#".repeat(65 << 10));
    assertThat(large.vendor(report)).isEmpty();
    assertThat(report.sorted().getFirst().message()).contains("66560 bytes");
  }

  @Test
  void anOperatorsTakesThePlaceOfTheVendors() throws IOException {
    NetworkTemplates vendor = new Networkd(HOST).vendor(new Report()).orElseThrow();
    NetworkTemplates operator =
        hostWith(TemplateKind.BRIDGE_LINK, "[Network]\nDescription=ours\n")
            .vendor(new Report())
            .orElseThrow();
    assertThat(vendor.with(operator)).isEqualTo(operator).isNotEqualTo(vendor);
    assertThat(vendor.with(NetworkTemplates.NONE)).isEqualTo(vendor);
  }

  private Networkd hostWith(TemplateKind kind, String text) throws IOException {
    Path directory = Files.createDirectories(empty.resolve(Networkd.VENDOR));
    Files.writeString(directory.resolve(kind.file()), text);
    return new Networkd(empty);
  }
}
