package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.compiler.Compiled.Resource;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.model.ResourceName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The difference between two generations of a tenant, from their manifests alone. */
public final class Changes {
  private static final Comparator<Change> IN_ORDER =
      Comparator.comparing(Change::kind).thenComparing(Change::resource);

  private Changes() {}

  /**
   * What happens to each guest, in the order it is done.
   *
   * @param from what is selected now; empty when the tenant is off
   * @param to what is to be selected
   */
  public static List<Change> between(Optional<Manifest> from, Manifest to) {
    Map<ResourceName, Resource> before = byName(from);
    Map<ResourceName, Resource> after = byName(Optional.of(to));
    List<Change> changes = new ArrayList<>();
    before.forEach((name, old) -> {
      if (!after.containsKey(name)) {
        String why =
            sameUid(after, old)
                .map(renamed -> "renamed to " + renamed.name())
                .orElse("no longer declared");
        changes.add(change(old, Change.Kind.STOP, why));
      }
    });
    after.forEach((name, resource) -> {
      Resource old = before.get(name);
      changes.add(
          old == null ? added(resource, sameUid(before, resource)) : changed(old, resource));
    });
    changes.sort(IN_ORDER);
    return List.copyOf(changes);
  }

  /** What happens to each guest when the tenant is switched off. */
  public static List<Change> stopping(Manifest from, String why) {
    return byName(Optional.of(from)).values().stream()
        .map(resource -> change(resource, Change.Kind.STOP, why))
        .toList();
  }

  private static Map<ResourceName, Resource> byName(Optional<Manifest> manifest) {
    Map<ResourceName, Resource> resources = new TreeMap<>();
    manifest.ifPresent(m -> m.resources().forEach(r -> resources.put(r.name(), r)));
    return resources;
  }

  private static Optional<Resource> sameUid(Map<ResourceName, Resource> among, Resource resource) {
    return among.values().stream()
        .filter(other -> other.uid().equals(resource.uid()))
        .filter(other -> !other.name().equals(resource.name()))
        .findFirst();
  }

  private static Change added(Resource resource, Optional<Resource> renamed) {
    if (!resource.autostart()) {
      return change(resource, Change.Kind.KEEP, "new, and not started by itself");
    }
    return change(
        resource,
        Change.Kind.START,
        renamed.map(old -> "renamed from " + old.name()).orElse("new"));
  }

  private static Change changed(Resource old, Resource resource) {
    if (!old.restartDigest().equals(resource.restartDigest())) {
      return change(resource, Change.Kind.RESTART, restartWhy(old, resource));
    }
    if (resource.kind() == Resource.Kind.MACHINE && !old.image().equals(resource.image())) {
      return change(
          resource,
          Change.Kind.LIVE,
          "its disk stays as it is: another image takes effect when `replace` changes");
    }
    if (!old.autostart() && resource.autostart()) {
      return change(resource, Change.Kind.START, "starts by itself from now on");
    }
    if (!old.liveDigest().equals(resource.liveDigest())) {
      String why =
          old.autostart() && !resource.autostart()
              ? "no longer starts by itself, and goes on running"
              : "limits, restart policy or network changed";
      return change(resource, Change.Kind.LIVE, why);
    }
    return change(
        resource,
        Change.Kind.KEEP,
        old.checks().equals(resource.checks()) ? "unchanged" : "only its health checks changed");
  }

  private static String restartWhy(Resource old, Resource resource) {
    List<String> what = new ArrayList<>();
    if (resource.kind() == Resource.Kind.CONTAINER) {
      difference("image", old.image(), resource.image(), what);
    }
    difference("address", old.address(), resource.address(), what);
    difference("network", old.bridge(), resource.bridge(), what);
    difference("MAC address", old.mac(), resource.mac(), what);
    difference(
        "UID range", String.valueOf(old.uidBase()), String.valueOf(resource.uidBase()), what);
    return (what.isEmpty() ? "its definition" : String.join(", ", what)) + " changed";
  }

  private static void difference(String what, String old, String now, List<String> into) {
    if (!old.equals(now)) {
      into.add(what);
    }
  }

  private static Change change(Resource resource, Change.Kind kind, String why) {
    return new Change(resource.name().value(), resource.unit(), kind, why);
  }
}
