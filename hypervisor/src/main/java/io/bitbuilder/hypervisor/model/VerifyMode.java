package io.bitbuilder.hypervisor.model;

/** How the signatures of commits are treated. The registry can only tighten it. */
public enum VerifyMode {
  REQUIRE,
  WARN,
  OFF
}
