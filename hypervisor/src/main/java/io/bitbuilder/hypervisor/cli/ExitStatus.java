package io.bitbuilder.hypervisor.cli;

/** The exit statuses of {@code bitbuilder}, the same for all verbs (bitbuilder(1), EXIT STATUS). */
public final class ExitStatus {
  /** All is done, or there was nothing to do. */
  public static final int DONE = 0;

  /** A failure of the host or of us. */
  public static final int INTERNAL = 1;

  /** The command line is wrong, or names something that does not exist. */
  public static final int USAGE = 2;

  /** A configuration was rejected; what runs is unchanged. */
  public static final int REJECTED = 3;

  /** A commit, a signature or the audit trail could not be verified; what runs is unchanged. */
  public static final int UNVERIFIED = 4;

  /** A generation did not come up; the one before runs again. */
  public static final int ROLLED_BACK = 5;

  /** A packet that was asked about does not pass. */
  public static final int NO_WAY = 6;

  /** Something is away for now: try later (EX_TEMPFAIL of sysexits.h(3head)). */
  public static final int TRY_LATER = 75;

  private ExitStatus() {}
}
