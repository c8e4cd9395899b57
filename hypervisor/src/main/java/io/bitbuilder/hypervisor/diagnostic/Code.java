package io.bitbuilder.hypervisor.diagnostic;

/**
 * The stable codes of findings: BB1xx syntax, BB2xx schema, BB3xx cross-reference, BB4xx isolation
 * and quota, BB5xx verification and source, BB6xx activation, BB7xx host. A code is never reused.
 */
public enum Code {
  BB101("not valid YAML or JSON"),
  BB102("duplicate key"),
  BB103("document too large or too deep"),
  BB104("not valid UTF-8"),
  BB105("YAML feature that is not allowed here"),
  BB106("not a valid file of settings"),
  BB201("unknown key"),
  BB202("wrong type"),
  BB203("missing key"),
  BB204("value not allowed"),
  BB205("number out of range"),
  BB206("not a valid size"),
  BB207("not a valid name"),
  BB208("not a valid duration"),
  BB209("not a valid address"),
  BB210("not a valid path"),
  BB211("text that cannot be handed to systemd"),
  BB212("not supported by this version"),
  BB213("keys that exclude each other"),
  BB214("setting that templates cannot have"),
  BB301("file is missing"),
  BB302("not a regular file"),
  BB303("unexpected file", Severity.WARNING),
  BB304("reference to something that does not exist"),
  BB305("declared twice"),
  BB306("tenant id differs from the registry"),
  BB307("file too large"),
  BB308("too many files"),
  BB309("rule that fits no packet", Severity.WARNING),
  BB310("rule that comes too late", Severity.WARNING),
  BB311("credential that is not encrypted"),
  BB312("credential that nobody names", Severity.WARNING),
  BB313("tenants that wait for each other"),
  BB401("name claimed by two tenants"),
  BB402("bridge claimed by two tenants"),
  BB403("tenant asks for more than its quota"),
  BB404("quotas exceed the host"),
  BB405("no free UID range"),
  BB406("no free address"),
  BB407("capability not allowed"),
  BB408("port not allowed"),
  BB409("image not in the catalogue"),
  BB410("less storage than is used", Severity.WARNING),
  BB415("range behind a tunnel not allowed"),
  BB417("name server out of reach"),
  BB418("network number not allowed"),
  BB501("repository cannot be reached"),
  BB502("commit is not a descendant of the accepted one"),
  BB503("commit is not signed by somebody who may"),
  BB504("repository exceeds a limit"),
  BB505("repository address not allowed"),
  BB506("branch does not exist"),
  BB507("credential cannot be read"),
  BB508("revision was refused before"),
  BB509("nothing new came for long", Severity.WARNING),
  BB510("commit taken without a valid signature", Severity.WARNING),
  BB601("unit failed to start"),
  BB602("health check failed"),
  BB603("deadline passed"),
  BB605("compiled files are not allowed on this host"),
  BB606("image cannot be fetched"),
  BB607("image digest differs"),
  BB608("image is not signed by somebody who may"),
  BB609("image is offered older than accepted"),
  BB701("systemd is too old or unsafe"),
  BB702("host lacks a feature"),
  BB703("disk is nearly full"),
  BB704("clock is not synchronised", Severity.WARNING),
  BB705("host configuration is missing"),
  BB706("virtual machines are emulated", Severity.WARNING),
  BB707("limits of storage are not enforced", Severity.WARNING),
  BB708("the kernel has other limits than were set", Severity.WARNING),
  BB709(
      "systemd has other units or extensions of the host than the system repository",
      Severity.WARNING);

  private final String title;
  private final Severity severity;

  Code(String title) {
    this(title, Severity.ERROR);
  }

  Code(String title, Severity severity) {
    this.title = title;
    this.severity = severity;
  }

  /** What findings of this code have in common, as its page's heading says it. */
  public String title() {
    return title;
  }

  /** How bad findings of this code are. */
  public Severity severity() {
    return severity;
  }
}
