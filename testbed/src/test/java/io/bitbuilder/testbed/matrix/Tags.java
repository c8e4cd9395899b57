package io.bitbuilder.testbed.matrix;

import java.util.Map;

/** Tags of virtual networks: a protocol and a number, once or twice. */
final class Tags {
  private static final int CUSTOMER = 0x8100;
  private static final int SERVICE = 0x88a8;

  /** Number zero is a mere priority: the kernel takes such a frame as if it had no tag. */
  static final int[] PRIORITY = {CUSTOMER, 0};

  static final Map<String, int[]> ALL =
      Map.of(
          "priority", PRIORITY,
          "first", new int[] {CUSTOMER, 1},
          "single", new int[] {CUSTOMER, 100},
          "service", new int[] {SERVICE, 100},
          "double", new int[] {SERVICE, 100, CUSTOMER, 200},
          "stacked", new int[] {CUSTOMER, 100, CUSTOMER, 200},
          "double-priority", new int[] {CUSTOMER, 0, CUSTOMER, 0});

  private Tags() {}
}
