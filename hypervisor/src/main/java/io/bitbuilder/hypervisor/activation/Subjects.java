package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.health.Subject;
import java.util.List;

/** What of a generation must be well. */
public final class Subjects {
  private Subjects() {}

  /** The containers that start by themselves, in order of their names. */
  public static List<Subject> of(Manifest manifest) {
    return manifest.resources().stream()
        .filter(resource -> resource.autostart())
        .map(resource ->
            new Subject(
                resource.name().value(),
                resource.unit(),
                resource.machine(),
                resource.uidBase(),
                resource.address(),
                resource.boots(),
                resource.checks()))
        .toList();
  }
}
