package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.Topology;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a generation was made from and what it contains, as its {@code manifest.json} says it.
 *
 * @param commit the tenant's commit
 * @param inputs digest of everything that decided the result; the same inputs need no new reading
 * @param createdAt when it was compiled
 * @param author of the commit
 * @param subject first line of the commit's message
 * @param signer who signed it, empty when nobody was asked
 * @param resources one per container, in order of their names
 * @param topology its networks and where its rules are written
 */
public record Manifest(
    TenantId tenant,
    String commit,
    String inputs,
    Instant createdAt,
    String author,
    String subject,
    String signer,
    List<Compiled.Resource> resources,
    Topology topology) {
  private static final long VERSION = 1;

  public Manifest {
    resources = List.copyOf(resources);
  }

  /** The text of {@code manifest.json}. */
  public String toJson() {
    return Json.pretty(toValue());
  }

  Map<String, Object> toValue() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("version", VERSION);
    map.put("tenant", tenant.value());
    map.put("commit", commit);
    map.put("inputs", inputs);
    map.put("createdAt", createdAt.toString());
    map.put("author", author);
    map.put("subject", subject);
    map.put("signer", signer);
    map.put("resources", resources.stream().map(Compiled.Resource::toJson).toList());
    ManifestTopology.put(topology, map);
    return map;
  }

  /**
   * Reads {@code manifest.json}.
   *
   * @throws IllegalArgumentException when the text is not a manifest of this version
   */
  public static Manifest fromJson(String text) {
    return fromValue(new Fields(Json.parseObject(text)));
  }

  static Manifest fromValue(Fields fields) {
    if (fields.number("version") != VERSION) {
      throw new IllegalArgumentException("manifest of another version");
    }
    return new Manifest(
        new TenantId(fields.text("tenant")),
        fields.text("commit"),
        fields.text("inputs"),
        Instant.parse(fields.text("createdAt")),
        fields.text("author"),
        fields.text("subject"),
        fields.text("signer"),
        fields.objects("resources").stream()
            .map(resource -> Compiled.Resource.fromJson(resource.map()))
            .toList(),
        ManifestTopology.of(fields));
  }
}
