package io.bitbuilder.hypervisor.sync;

import java.time.Duration;

/**
 * What one repository may cost.
 *
 * @param timeout for one fetch of it, from the first packet to the last check
 * @param receivedBytes received in one fetch, of all kinds
 * @param objects in one pack
 * @param blobBytes the largest object
 * @param treeEntries files and directories of one commit
 * @param depth of directories in directories
 * @param storeBytes of its object store
 */
public record Limits(
    Duration timeout,
    long receivedBytes,
    long objects,
    long blobBytes,
    int treeEntries,
    int depth,
    long storeBytes) {
  /** What a tenant gets. */
  public static final Limits DEFAULT =
      new Limits(Duration.ofSeconds(30), 512L << 20, 1_000_000, 100L << 20, 100_000, 32, 2L << 30);

  /** The same with another timeout. */
  public Limits within(Duration other) {
    return new Limits(other, receivedBytes, objects, blobBytes, treeEntries, depth, storeBytes);
  }
}
