package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.Origin;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Restart;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import io.bitbuilder.hypervisor.model.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A declared container, part by part; without any it boots the host's /usr. */
final class ContainerInput {
  List<Guest.Published> ports = List.of();
  static final Origin ORIGIN = _ -> Location.ofFile("acme", "", "containers/web/config.yaml");

  final String name;
  String uid;
  @Nullable CatalogueImage image;
  Optional<ResourceName> network = Optional.of(new ResourceName("lan"));
  private List<String> command = List.of();
  private final TreeMap<String, String> environment = new TreeMap<>();
  private final TreeMap<String, String> credentials = new TreeMap<>();
  private boolean ephemeral;
  private boolean readOnly;
  private boolean autostart = true;
  private final List<String> capabilities = new ArrayList<>();
  private final List<Container.Volume> volumes = new ArrayList<>();
  private Tenant.Limits limits = Tenant.Limits.NONE;
  private Restart restart = Restart.ON_FAILURE;
  private final List<Check> checks = new ArrayList<>();
  private final List<SourceTree.Entry> overlay = new ArrayList<>();

  ContainerInput(String name) {
    this.name = name;
    this.uid = name;
  }

  ContainerInput uid(String value) {
    uid = value;
    return this;
  }

  ContainerInput image(CatalogueImage value) {
    image = value;
    return this;
  }

  ContainerInput command(String... words) {
    command = List.of(words);
    return this;
  }

  ContainerInput set(String key, String value) {
    environment.put(key, value);
    return this;
  }

  ContainerInput credential(String inside, String outside) {
    credentials.put(inside, outside);
    return this;
  }

  ContainerInput ephemeral() {
    ephemeral = true;
    return this;
  }

  ContainerInput readOnly() {
    readOnly = true;
    return this;
  }

  ContainerInput lazy() {
    autostart = false;
    return this;
  }

  ContainerInput offline() {
    network = Optional.empty();
    return this;
  }

  ContainerInput in(String value) {
    network = Optional.of(new ResourceName(value));
    return this;
  }

  ContainerInput capability(String capability) {
    capabilities.add(capability);
    return this;
  }

  ContainerInput volume(String volume, String path, boolean readOnlyVolume) {
    volumes.add(new Container.Volume(new ResourceName(volume), path, readOnlyVolume));
    return this;
  }

  ContainerInput limits(Tenant.Limits value) {
    limits = value;
    return this;
  }

  ContainerInput restart(Restart value) {
    restart = value;
    return this;
  }

  ContainerInput check(Check value) {
    checks.add(value);
    return this;
  }

  /** Files of the overlay; the id of each is made of its path. */
  ContainerInput overlay(String... files) {
    for (String file : files) {
      overlay.add(
          new SourceTree.Entry(
              file.substring(file.lastIndexOf('/') + 1),
              "containers/" + name + "/rootfs-overlay/" + file,
              SourceTree.Kind.FILE,
              new Digest().add(file).hex(),
              file.length()));
    }
    return this;
  }

  Container declare() {
    return new Container(
        new ResourceName(name),
        uid,
        Optional.ofNullable(image).map(CatalogueImage::name).orElse("host"),
        command,
        environment,
        ephemeral,
        readOnly,
        autostart,
        capabilities,
        network.stream().toList(),
        List.of(),
        ports,
        volumes,
        credentials,
        limits,
        restart,
        checks,
        overlay,
        ORIGIN);
  }
}
