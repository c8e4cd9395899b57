package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.model.CommitId;

/** What a repository says its branch is at. */
sealed interface Advertised {
  /** The branch is at this commit. */
  record At(CommitId commit) implements Advertised {}

  /** There is a repository, and no such branch in it. */
  record NoBranch() implements Advertised {}

  /** The quick question was not understood; a whole connection has to be opened. */
  record Unknown() implements Advertised {}
}
