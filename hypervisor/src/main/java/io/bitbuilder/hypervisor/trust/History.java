package io.bitbuilder.hypervisor.trust;

import io.bitbuilder.hypervisor.model.CommitId;
import java.io.IOException;
import java.util.List;

/** The commits of one repository. What it gives under a name is what that name is the hash of. */
public interface History {
  /** A commit as it was signed. */
  byte[] raw(CommitId commit) throws IOException;

  /**
   * Ancestors of one commit, and it, without those of the other, and it.
   *
   * @param limit how many at most
   */
  List<CommitId> since(CommitId tip, CommitId before, int limit) throws IOException;

  /** Whether a commit has another among its ancestors, or is the same. */
  boolean descends(CommitId commit, CommitId ancestor) throws IOException;
}
