package io.bitbuilder.hypervisor.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bitbuilder.hypervisor.model.Check;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What activation is told of a container, on its way through the manifest. */
class CompiledTest {
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final Duration LIMIT = Duration.ofMillis(1500);

  private static Compiled.Resource compile(ContainerInput container) {
    TenantInput tenant = new TenantInput("acme", 1).container(container);
    return Compiler.compile(tenant.resolve(), Inputs.HEALTH, Inputs.TEMPLATES)
        .resources()
        .getFirst();
  }

  @Test
  void theManifestKeepsAllOfAResource() {
    Compiled.Resource resource =
        compile(
            new ContainerInput("web")
                .uid("old")
                .image(Inputs.RAW)
                .command("/bin/httpd")
                .lazy()
                .check(new Check.Tcp(80, EVERY, LIMIT))
                .check(new Check.Http(8080, "/a b", Optional.of(204), EVERY, LIMIT))
                .check(new Check.Http(8080, "/", Optional.empty(), EVERY, LIMIT))
                .check(new Check.Exec(List.of("/bin/test", "-e", "/x y"), EVERY, LIMIT))
                .check(new Check.Handed("a1".repeat(32), EVERY, LIMIT))
                .check(new Check.Unit("web.service", EVERY, LIMIT)));
    assertThat(resource.name()).hasToString("web");
    assertThat(resource.uid()).isEqualTo("old");
    assertThat(resource.unit()).isEqualTo("tenant-container@acme-web.service");
    assertThat(resource.machine()).isEqualTo("web.acme");
    assertThat(resource.bridge()).isEqualTo("bb-acme1");
    assertThat(resource.address()).isEqualTo("10.128.1.2");
    assertThat(resource.mac()).isEqualTo("02:bb:00:00:01:01");
    assertThat(resource.uidBase()).isEqualTo(108L << 16);
    assertThat(resource.image()).isEqualTo("b2".repeat(32));
    assertThat(resource.boots()).isFalse();
    assertThat(resource.autostart()).isFalse();
    assertThat(resource.checks()).hasSize(6);
    assertThat(Compiled.Resource.fromJson(resource.toJson())).isEqualTo(resource);
  }

  @Test
  void whatAContainerHasNotIsAnEmptyText() {
    Compiled.Resource resource = compile(new ContainerInput("web").offline());
    assertThat(List.of(resource.bridge(), resource.address(), resource.mac())).containsOnly("");
    assertThat(resource.image()).isEqualTo("host");
    assertThat(resource.boots()).isTrue();
    assertThat(resource.autostart()).isTrue();
    assertThat(Compiled.Resource.fromJson(resource.toJson())).isEqualTo(resource);
  }

  @ParameterizedTest
  @CsvSource({
    "uidBase, 1.5",
    "uidBase, text",
    "boots, text",
    "unit, 1",
    "unit,",
    "checks, text",
    "name, Not A Name"
  })
  void aResourceThatIsNotOneIsRefused(String key, String value) {
    Map<String, Object> json = new HashMap<>(compile(new ContainerInput("web")).toJson());
    json.remove(key);
    if (value != null) {
      json.put(key, value.startsWith("1") ? Double.valueOf(value) : value);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> Compiled.Resource.fromJson(json));
  }

  @Test
  void aCheckThatIsNotOneIsRefused() {
    Map<String, Object> json = new HashMap<>(compile(new ContainerInput("web")).toJson());
    Map<String, Object> check = Map.of("intervalMillis", 1L, "timeoutMillis", 1L, "type", "ping");
    for (Object checks : List.of(List.of("tcp"), List.of(Map.of("type", "tcp")), List.of(check))) {
      json.put("checks", checks);
      assertThatIllegalArgumentException().isThrownBy(() -> Compiled.Resource.fromJson(json));
    }
  }
}
