package io.bitbuilder.hypervisor.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.secret.Ciphertext;
import io.bitbuilder.hypervisor.secret.Sealing;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SecretUnitsTest {
  private static Ciphertext sealed(String name) {
    var key = Sealing.publicKey(Sealing.generate());
    return Ciphertext.of(Map.of(key, Sealing.seal(key, "acme", name, new byte[] {1})));
  }

  private static ResolvedTenant tenant(Ciphertext db, Ciphertext token) {
    TenantInput input =
        new TenantInput("acme", 1)
            .container(new ContainerInput("both").credential("a", "db").credential("b", "token"))
            .container(new ContainerInput("one").credential("b", "token"))
            .container(new ContainerInput("none").credential("a", "operators"));
    input.secrets.putAll(new TreeMap<>(Map.of("db", db, "token", token)));
    return input.resolve();
  }

  private static Compiled compiled(ResolvedTenant tenant) {
    return Compiler.compile(tenant, Inputs.HEALTH, Inputs.TEMPLATES);
  }

  private static List<String> restarting(Compiled before, Compiled after) {
    return before.resources().stream()
        .filter(old ->
            after.resources().stream()
                .noneMatch(now ->
                    now.name().equals(old.name())
                        && now.restartDigest().equals(old.restartDigest())))
        .map(resource -> resource.name().value())
        .collect(Collectors.toList());
  }

  @Test
  void aChangedCiphertextRestartsWhoNamesItAndNobodyElse() {
    Ciphertext db = sealed("db");
    Ciphertext token = sealed("token");
    Compiled before = compiled(tenant(db, token));
    assertThat(restarting(before, compiled(tenant(db, token)))).isEmpty();
    assertThat(restarting(before, compiled(tenant(sealed("db"), token)))).containsExactly("both");
    assertThat(restarting(before, compiled(tenant(db, sealed("token")))))
        .containsExactly("both", "one");
  }

  @Test
  void theCiphertextIsInItsFileAndNowhereElse() {
    Ciphertext db = sealed("db");
    FileTree tree = compiled(tenant(db, sealed("token"))).tree();
    assertThat(tree.nodes().get("credentials/db.cred")).isEqualTo(new FileTree.Text(db.text()));
    String part = db.text().lines().skip(1).findFirst().orElseThrow();
    tree.nodes()
        .forEach((path, node) -> {
          if (!path.startsWith("credentials/")) {
            assertThat(node.toString()).as(path).doesNotContain(part);
          }
        });
    assertThat(tenant(db, db).toString()).contains("db=secret").doesNotContain(part);
  }
}
