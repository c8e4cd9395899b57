package io.bitbuilder.testbed;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * One host with the product for all tests of a class, its repositories being files on it. What a
 * reader of a failure wants to know of the host is attached to the failure.
 */
final class Scene implements BeforeAllCallback, AfterAllCallback, TestExecutionExceptionHandler {
  private final String name;
  private final Host.Option[] options;
  private @Nullable Site site;

  Scene(String name, Host.Option... options) {
    this.name = name;
    this.options = options.clone();
  }

  Site site() {
    if (site == null) {
      throw new IllegalStateException("the host is not booted");
    }
    return site;
  }

  Host host() {
    return site().host();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Host.Option[] all = new Host.Option[options.length + 1];
    System.arraycopy(options, 0, all, 0, options.length);
    all[options.length] = Host.Option.PACKAGE;
    Host host = Host.boot(name, all);
    site = Site.install(host, GitServer.files(host), "");
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable thrown)
      throws Throwable {
    if (!String.valueOf(thrown.getMessage()).contains("=== evidence")) {
      thrown.addSuppressed(new AssertionError(host().evidence()));
    }
    throw thrown;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (site != null) {
      site.host().close();
    }
  }
}
