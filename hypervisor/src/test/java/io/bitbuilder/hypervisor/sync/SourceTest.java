package io.bitbuilder.hypervisor.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SourceTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://git.example.org/a.git",
        "https://git.example.org:8443/group/a",
        "https://[2001:db8::1]/a.git",
        "http://localhost:8080/a.git",
        "http://127.0.0.1/a.git",
        "ssh://git@git.example.org/srv/a.git",
        "ssh://git.example.org:2222/a.git",
        "git@git.example.org:group/a.git",
        "file:///srv/git/a.git"
      })
  void addressesThatAreAllowed(String url) {
    Report report = new Report();
    assertThat(Source.of("tenant-a", url, "main", "", "", report)).isPresent();
    assertThat(report.sorted()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.git",
        "/srv/git/a.git",
        "git://git.example.org/a.git",
        "ext::sh -c id",
        "http://git.example.org/a.git",
        "http://127.0.0.1.example.org/a.git",
        "https://user:secret@git.example.org/a.git",
        "https://token@git.example.org/a.git",
        "https://git.example.org/",
        "https://git.example.org/a.git?x=y",
        "https://git.example.org/a.git#x",
        "https://-oProxyCommand=id/a.git",
        "ssh://-oProxyCommand=id/a.git",
        "ssh://-l@git.example.org/a.git",
        "-oProxyCommand=id:a.git",
        "file://server/srv/a.git",
        "file:///srv/../etc",
        "https://git.example.org/a b",
        "https://git.example.org/a\nb"
      })
  void addressesThatAreNot(String url) {
    Report report = new Report();
    assertThat(Source.of("tenant-a", url, "main", "", "", report)).isEmpty();
    assertThat(report.sorted()).extracting(Diagnostic::code).containsExactly(Code.BB505);
    assertThat(report.sorted().getFirst().location().repository()).isEqualTo("tenant-a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "refs/tags/v1", "refs/pull/1/head", "a..b", "-x/", "a b", "a\nb"})
  void onlyBranchesAreFollowed(String ref) {
    Report report = new Report();
    assertThat(Source.of("tenant-a", "file:///srv/a.git", ref, "", "", report)).isEmpty();
    assertThat(report.hasErrors()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"main", "refs/heads/main"})
  void aBranchHasAShortAndALongName(String ref) {
    Optional<Source> source = Source.of("tenant-a", "file:///srv/a.git", ref, "", "", new Report());
    assertThat(source).map(Source::branch).contains("refs/heads/main");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../passwd", ".hidden", "a/b", "a b"})
  void credentialsAreNamesAndNotPaths(String credential) {
    Report report = new Report();
    assertThat(Source.of("tenant-a", "file:///srv/a.git", "main", credential, "", report))
        .isEmpty();
    assertThat(report.hasErrors()).isTrue();
  }
}
