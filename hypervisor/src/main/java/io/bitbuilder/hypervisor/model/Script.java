package io.bitbuilder.hypervisor.model;

import java.util.Optional;

/** The scripts a tenant may have; each runs inside its infrastructure instance. */
public enum Script {
  /** Before the tenant's other guests start. */
  PRE_PROVISION,
  /** After all of them have started. */
  POST_PROVISION,
  /** Again and again, to say whether the tenant is well. */
  HEALTH_CHECK;

  /** The name of the file in scripts/. */
  public String file() {
    return word() + ".sh";
  }

  /** Its name among the tenant's guests, which none of them may have. */
  public ResourceName resource() {
    return new ResourceName(word());
  }

  private String word() {
    return switch (this) {
      case PRE_PROVISION -> "pre-provision";
      case POST_PROVISION -> "post-provision";
      case HEALTH_CHECK -> "health-check";
    };
  }

  /** The script in a file of this name. */
  public static Optional<Script> of(String file) {
    for (Script script : values()) {
      if (script.file().equals(file)) {
        return Optional.of(script);
      }
    }
    return Optional.empty();
  }
}
