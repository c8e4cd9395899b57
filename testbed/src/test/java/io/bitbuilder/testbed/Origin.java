package io.bitbuilder.testbed;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where the immutable hosts of a class get everything from: a machine beside them with the system
 * repository, which its operator signs, and the repositories of the tenants, each with a first
 * commit when it is not said otherwise.
 */
final class Origin implements BeforeAllCallback, AfterAllCallback {
  private final String[] tenants;
  private @Nullable Host host;
  private @Nullable GitServer git;
  private @Nullable Site publisher;

  Origin(String... tenants) {
    this.tenants = tenants.clone();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    host = Host.boot("origin");
    git = GitServer.sshByAddress(host);
    publisher = Site.of(host, git, "git");
    publisher.config(Site.patientConfig());
    publisher.register(tenants);
    publish();
    for (String tenant : tenants) {
      publisher.push(tenant, "first", Tree.tenant(tenant).idle("web"));
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (host != null) {
      host.close();
    }
  }

  Host host() {
    return booted(host);
  }

  GitServer git() {
    return booted(git);
  }

  /** What the operator and the tenants change, from here and not from the host it is for. */
  Site publisher() {
    return booted(publisher);
  }

  /** Pushes the system repository, signed by the operator; what tenants push is not signed. */
  void publish() {
    git().signAs("operator");
    publisher().publish();
    git().signAs("");
  }

  /** What a blank host has to be told. */
  Map<String, String> credentials() {
    return new HashMap<>(git().hostCredentials("operator"));
  }

  private static <T> T booted(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the origin is not booted");
    }
    return part;
  }
}
