package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.model.SourceTree;
import java.io.IOException;

/** Which of the two kinds of repository a tree of files is. */
public enum RepositoryKind {
  SYSTEM,
  TENANT,
  NEITHER;

  /**
   * Tells by what is there: metadata.json makes a tenant repository, .gitops/config.yaml or
   * tenants/registry.json a system repository.
   */
  public static RepositoryKind of(SourceTree tree) throws IOException {
    if (tree.find("metadata.json").isPresent()) {
      return TENANT;
    }
    boolean system =
        tree.find(".gitops/config.yaml").isPresent()
            || tree.find(SystemConfigFile.DEFAULT_REGISTRY).isPresent();
    return system ? SYSTEM : NEITHER;
  }
}
