package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.HostUnits;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Allocations;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.trust.Acceptance;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** The stages compile calls in order, each with what it takes and gives. */
interface Stages {
  /** The newest fetched commit of a repository. */
  record Tip(CommitId commit, String author, String subject) {}

  /** A tenant that was read, and where. */
  record Candidate(TenantEntry entry, Tenant tenant, CommitId commit) {}

  /** What planning gave; a tenant with errors is left out. */
  record Planned(SortedMap<TenantId, ResolvedTenant> tenants, Allocations allocations) {}

  /** host.yaml; empty when it is missing or has errors. */
  Optional<HostConfig> hostConfig(Report report) throws IOException;

  /** The newest fetched commit of the system repository; empty when there is none. */
  Optional<Tip> systemTip() throws IOException;

  /**
   * Judges a commit of the system repository.
   *
   * @param accepted the one that was accepted last; empty the first time
   */
  Acceptance.Outcome acceptSystem(HostConfig host, CommitId commit, Optional<CommitId> accepted)
      throws IOException;

  /** Judges a commit of a tenant. Called by several threads. */
  Acceptance.Outcome acceptTenant(
      SystemModel system, TenantEntry entry, CommitId commit, Optional<CommitId> accepted)
      throws IOException;

  /** A text that is another one when other keys of the host's own count for a tenant. */
  String ownKeys(TenantId tenant);

  /** The system repository at a commit; empty exactly when it has errors. */
  Optional<SystemModel> readSystem(CommitId commit, Report report) throws IOException;

  /** What the system repository puts on the host at a commit; empty exactly when it has errors. */
  Optional<HostUnits> readHostUnits(CommitId commit, Report report) throws IOException;

  /** Writes an image for the host as a commit of the system repository has it. */
  void copyImage(CommitId commit, String name, OutputStream into) throws IOException;

  /** The images of the catalogue whose publishers sign them, with the digests they signed. */
  SignedImages.Resolved resolveImages(SystemModel system, Report report) throws IOException;

  /**
   * The newest fetched commits of all tenants that were ever fetched, without opening a repository.
   */
  Map<TenantId, CommitId> tips() throws IOException;

  /** Author and subject of a tenant's commit. Called by several threads. */
  Tip describe(TenantId tenant, CommitId commit) throws IOException;

  /** A tenant at a commit; empty exactly when it has errors. Called by several threads. */
  Optional<Tenant> readTenant(TenantEntry entry, CommitId commit, Report report) throws IOException;

  /** Chooses for all candidates at once what they get. */
  Planned plan(
      SystemModel system,
      HostFacts host,
      List<Candidate> candidates,
      Allocations allocations,
      Report report);

  /** Compiles one tenant. Called by several threads. */
  Compiled compile(ResolvedTenant tenant, SystemModel system);

  /** The digest of a layer. */
  String layerDigest(List<SourceTree.Entry> overlay);

  /** The digest of the layer with the tenant's repository, when one of its guests sees it. */
  Optional<String> repositoryLayer(ResolvedTenant tenant);

  /** Does something with the files of a tenant's commit. Called by several threads. */
  void withTree(TenantId tenant, CommitId commit, TreeAction action) throws IOException;

  /**
   * Writes a bare repository that holds one commit of a tenant and nothing before it.
   *
   * @param into an empty directory
   */
  void writeRepository(TenantId tenant, CommitId commit, Path into) throws IOException;

  /** What is done with a tree while its repository is open. */
  @FunctionalInterface
  interface TreeAction {
    /** Reads what it needs. */
    void run(SourceTree tree) throws IOException;
  }
}
