package io.bitbuilder.hypervisor.plan;

import java.util.BitSet;
import java.util.OptionalLong;

/**
 * Hands out ranges of 65536 UIDs, each aligned to 65536, the lowest free one first.
 *
 * <p>Source: the table of systemd's document UIDS-GIDS. 0x70000000 to 0x7FFDFFFF has no owner
 * there: below it lie the users of the host and the range {@code PrivateUsers=pick} chooses from
 * (524288 to 0x6FFFFFFF), above it the UIDs of foreign images (0x7FFE0000 to 0x7FFEFFFF), and from
 * 0x80000000 on parts of the kernel fail. Those 4094 ranges come first. A host with more containers
 * goes on with the range systemd leaves to container managers, from its top downwards; there
 * systemd looks who uses a range before it picks one.
 */
final class UidRanges {
  /** UIDs in one range. */
  static final long SIZE = 0x10000;

  private static final int FIRST = 0x7000;
  private static final int LAST = 0x7FFD;
  private static final int SHARED_FIRST = 0x0008;

  private final BitSet taken = new BitSet(LAST + 1);
  private int next = FIRST;
  private int nextShared = FIRST - 1;

  /**
   * Marks a range as taken.
   *
   * @throws IllegalArgumentException when it is no range of ours or taken already
   */
  void take(long base) {
    long index = base / SIZE;
    if (base % SIZE != 0 || index < SHARED_FIRST || index > LAST) {
      throw new IllegalArgumentException("not a UID range: " + base);
    }
    if (taken.get((int) index)) {
      throw new IllegalArgumentException("UID range chosen twice: " + base);
    }
    taken.set((int) index);
  }

  /** Takes a free range and gives its first UID; empty when there is none left. */
  OptionalLong allocate() {
    next = taken.nextClearBit(next);
    if (next <= LAST) {
      taken.set(next);
      return OptionalLong.of(next * SIZE);
    }
    nextShared = taken.previousClearBit(nextShared);
    if (nextShared < SHARED_FIRST) {
      return OptionalLong.empty();
    }
    taken.set(nextShared);
    return OptionalLong.of(nextShared * SIZE);
  }
}
