package io.bitbuilder.hypervisor.unitfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The right-hand sides are what {@code systemd-escape} prints for the left-hand ones. */
class UnitNameTest {
  @ParameterizedTest
  @CsvSource({
    "tenant-001,tenant\\x2d001",
    "a/b,a-b",
    ".hidden,\\x2ehidden",
    "a.b,a.b",
    "a:b_c,a:b_c",
    "Ünï,\\xc3\\x9cn\\xc3\\xaf",
    "hello world,hello\\x20world",
    "%i,\\x25i",
    "a\\b,a\\x5cb",
    "@,\\x40",
    "AZaz09,AZaz09",
    "[`{,\\x5b\\x60\\x7b",
    "z~,z\\x7e"
  })
  void aTextIsEscaped(String text, String escaped) {
    assertThat(UnitName.escape(text)).isEqualTo(escaped);
  }

  @ParameterizedTest
  @CsvSource({
    "/,-",
    "/a/b,a-b",
    "a/b/,a-b",
    "//a///b/./c,a-b-c",
    "/.hidden,\\x2ehidden",
    "/a/.b,a-.b",
    "/a/..b,a-..b",
    "/run/tenants/tenant-001/x,run-tenants-tenant\\x2d001-x",
    "/var/lib/a b,var-lib-a\\x20b"
  })
  void aPathIsEscapedWithoutItsSlashesAtBothEnds(String path, String escaped) {
    assertThat(UnitName.escapePath(path)).isEqualTo(escaped);
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "/a/../b", "/a/.."})
  void aPathThatGoesUpHasNoUnit(String path) {
    assertThatThrownBy(() -> UnitName.escapePath(path))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aMountUnitIsNamedAfterItsPath() {
    assertThat(UnitName.mount("/run/tenants/tenant-001/root"))
        .isEqualTo("run-tenants-tenant\\x2d001-root.mount");
    assertThat(UnitName.mount("/")).isEqualTo("-.mount");
  }
}
