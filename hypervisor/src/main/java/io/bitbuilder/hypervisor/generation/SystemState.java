package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Underlay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The system repository as compile saw it: {@code staging/system.json}.
 *
 * @param commit the commit of the system repository, empty when it could not be read
 * @param frozen whether nothing may be changed, because the system repository is unreachable,
 *     unverified or malformed; tenants and removed are empty then
 * @param tenants every registered tenant
 * @param removed tenants that have generations and that the registry no longer names: to be
 *     stopped, their data kept for as long as retention says
 * @param syncInterval time between two fetches
 * @param images the catalogue images whose digest is known
 * @param revoked fingerprints of keys that were revoked: what they signed is not gone back to
 * @param underlay how this host reaches those it shares networks with
 * @param verified of the commits that were asked about, by scope: how they came to count
 * @param signed of the images whose publishers sign them, by address: what counts from now on
 */
public record SystemState(
    String commit,
    boolean frozen,
    List<Standing> tenants,
    List<TenantId> removed,
    SystemConfig.Retention retention,
    SystemConfig.Health health,
    Duration syncInterval,
    List<Image> images,
    List<String> revoked,
    Optional<Underlay> underlay,
    SortedMap<String, Verified> verified,
    SortedMap<String, AcceptedImages.Image> signed) {
  public SystemState {
    revoked = List.copyOf(revoked);
    verified = Collections.unmodifiableSortedMap(new TreeMap<>(verified));
    signed = Collections.unmodifiableSortedMap(new TreeMap<>(signed));
    images = List.copyOf(images);
    tenants = List.copyOf(tenants);
    removed = List.copyOf(removed);
  }

  /**
   * How a commit came to count.
   *
   * @param mode {@code require}, {@code warn} or {@code off}
   * @param signer who signed it; empty when nobody was asked, or nobody did
   */
  public record Verified(String commit, String mode, String signer) {}

  /**
   * How a registered tenant stands on this host.
   *
   * @param enabled whether registry and tenant repository enable it
   * @param placed whether this host carries all tags its placement asks for
   * @param wanted whether it is to run here: enabled and placed. One that is not is stopped and
   *     keeps its data and generations
   * @param after tenants that start before it and stop after it
   */
  public record Standing(
      TenantId id, boolean enabled, boolean placed, boolean wanted, List<TenantId> after) {
    public Standing {
      after = List.copyOf(after);
    }
  }

  /** A catalogue image, as a manifest names it: by digest. */
  public record Image(String sha256, SystemConfig.CatalogueImage.Type type) {
    /** Those of the catalogue that can be named by digest, each once. */
    public static List<Image> of(Collection<SystemConfig.CatalogueImage> catalogue) {
      return catalogue.stream()
          .filter(image -> !image.sha256().isEmpty())
          .map(image -> new Image(image.sha256(), image.type()))
          .distinct()
          .toList();
    }
  }

  String toJson() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("version", 1L);
    map.put("commit", commit);
    map.put("frozen", frozen);
    map.put("syncIntervalMillis", syncInterval.toMillis());
    map.put(
        "retention",
        Map.of(
            "generations",
            (long) retention.generations(),
            "removedTenantsMillis",
            retention.removedTenants().toMillis()));
    map.put(
        "health",
        Map.of("deadlineMillis", health.deadline().toMillis(), "rollback", health.rollback()));
    map.put("removed", removed.stream().map(TenantId::value).toList());
    List<Map<String, Object>> standings = new ArrayList<>();
    for (Standing standing : tenants) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("id", standing.id().value());
      value.put("enabled", standing.enabled());
      value.put("placed", standing.placed());
      value.put("wanted", standing.wanted());
      value.put("after", standing.after().stream().map(TenantId::value).toList());
      standings.add(value);
    }
    map.put("tenants", standings);
    List<Map<String, Object>> catalogue = new ArrayList<>();
    for (Image image : images) {
      catalogue.add(
          Map.of("sha256", image.sha256(), "type", image.type().name().toLowerCase(Locale.ROOT)));
    }
    map.put("images", catalogue);
    map.put("revoked", revoked);
    Map<String, Object> how = new LinkedHashMap<>();
    verified.forEach((scope, one) ->
        how.put(scope, Map.of("commit", one.commit(), "mode", one.mode(), "signer", one.signer())));
    map.put("verified", how);
    map.put("signed", AcceptedImages.json(signed));
    underlay.ifPresent(link -> map.put("underlay", UnderlayJson.of(link)));
    return Json.pretty(map);
  }

  static SystemState fromJson(String text) {
    Fields fields = new Fields(Json.parseObject(text));
    Fields retention = fields.object("retention");
    Fields health = fields.object("health");
    return new SystemState(
        fields.text("commit"),
        fields.flag("frozen"),
        fields.objects("tenants").stream()
            .map(standing ->
                new Standing(
                    new TenantId(standing.text("id")),
                    standing.flag("enabled"),
                    standing.flag("placed"),
                    standing.flag("wanted"),
                    standing.has("after")
                        ? standing.texts("after").stream().map(TenantId::new).toList()
                        : List.of()))
            .toList(),
        fields.texts("removed").stream().map(TenantId::new).toList(),
        new SystemConfig.Retention(
            Math.toIntExact(retention.number("generations")),
            Duration.ofMillis(retention.number("removedTenantsMillis"))),
        new SystemConfig.Health(
            Duration.ofMillis(health.number("deadlineMillis")), health.flag("rollback")),
        Duration.ofMillis(fields.number("syncIntervalMillis")),
        fields.objects("images").stream()
            .map(image ->
                new Image(
                    Admission.digest(image.text("sha256")),
                    SystemConfig.CatalogueImage.Type.valueOf(
                        image.text("type").toUpperCase(Locale.ROOT))))
            .toList(),
        fields.has("revoked") ? fields.texts("revoked") : List.of(),
        fields.has("underlay")
            ? Optional.of(UnderlayJson.read(fields.object("underlay")))
            : Optional.empty(),
        fields.has("verified") ? verified(fields.object("verified")) : new TreeMap<>(),
        fields.has("signed") ? AcceptedImages.images(fields.object("signed")) : new TreeMap<>());
  }

  private static SortedMap<String, Verified> verified(Fields scopes) {
    SortedMap<String, Verified> verified = new TreeMap<>();
    for (String scope : scopes.map().keySet()) {
      Fields one = scopes.object(scope);
      verified.put(scope, new Verified(one.text("commit"), one.text("mode"), one.text("signer")));
    }
    return verified;
  }
}
