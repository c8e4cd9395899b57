package io.bitbuilder.hypervisor.cli;

import java.util.List;
import java.util.Optional;

/** All verbs. Only the one that was typed is made. */
final class Verbs {
  /** Their names, in the order help lists them. */
  static final List<String> NAMES =
      List.of(
          "status",
          "tenants",
          "describe",
          "plan",
          "health",
          "network",
          "log",
          "diff",
          "logs",
          "shell",
          "console",
          "sync",
          "rollback",
          "pin",
          "unpin",
          "purge",
          "voa",
          "validate",
          "init",
          "secret",
          "fetch",
          "compile",
          "activate",
          "manage",
          "run-script",
          "serve-names",
          "unseal",
          "doctor",
          "version",
          "completion");

  private Verbs() {}

  /** The verb of this name; empty when there is none. */
  static Optional<Verb> find(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "activate" -> new ActivateVerb();
          case "compile" -> new CompileVerb();
          case "completion" -> new CompletionVerb();
          case "console" -> new ConsoleVerb();
          case "describe" -> new DescribeVerb();
          case "diff" -> new DiffVerb();
          case "doctor" -> new DoctorVerb();
          case "fetch" -> new FetchVerb();
          case "health" -> new HealthVerb();
          case "init" -> new InitVerb();
          case "log" -> new LogVerb();
          case "logs" -> new LogsVerb();
          case "manage" -> new ManageVerb();
          case "network" -> new NetworkVerb();
          case "pin" -> new PinVerb(true);
          case "plan" -> new PlanVerb();
          case "purge" -> new PurgeVerb();
          case "rollback" -> new RollbackVerb();
          case "run-script" -> new RunScriptVerb();
          case "secret" -> new SecretVerb();
          case "serve-names" -> new ServeNamesVerb();
          case "shell" -> new ShellVerb();
          case "status" -> new StatusVerb();
          case "sync" -> new SyncVerb();
          case "tenants" -> new TenantsVerb();
          case "unseal" -> new UnsealVerb();
          case "unpin" -> new PinVerb(false);
          case "validate" -> new ValidateVerb();
          case "voa" -> new VoaVerb();
          case "version" -> new VersionVerb();
          default -> null;
        });
  }

  /** What all verbs declare, in order. */
  static List<Declaration> declarations() {
    return NAMES.stream().map(name -> find(name).orElseThrow().declaration()).toList();
  }
}
