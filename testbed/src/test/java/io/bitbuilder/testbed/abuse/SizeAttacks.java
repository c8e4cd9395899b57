package io.bitbuilder.testbed.abuse;

import static io.bitbuilder.testbed.abuse.HostileRepository.DIRECTORY;
import static io.bitbuilder.testbed.abuse.HostileRepository.FILE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** Too many objects, or too large ones. */
final class SizeAttacks {
  private SizeAttacks() {}

  static List<Attack> sizes() {
    return List.of(
        Attack.refused(
            "size-tree-bomb",
            "idea 9, CVE-2017-15298",
            "12 objects that are 10^9 files",
            "BB504",
            "too many files",
            SizeAttacks::bomb),
        Attack.refused(
            "size-deep",
            "idea 9",
            "10^5 directories in each other",
            "BB504",
            "nested too deep",
            SizeAttacks::deep),
        Attack.refused(
            "size-many",
            "idea 9",
            "a million empty files",
            "BB504",
            "too many files",
            SizeAttacks::many),
        Attack.refused(
            "size-blob",
            "CVE-2026-41685",
            "200 MiB of zeros in 200 KiB",
            "BB504",
            "file `zeros` has ",
            r -> r.file("zeros", new byte[200 << 20])),
        Attack.refused(
            "size-delta",
            "CVE-2026-41685",
            "a chain of deltas that ends in 16 GiB",
            "BB504",
            "file `a4` has 268435456 bytes",
            SizeAttacks::deltas),
        Attack.refused(
            "size-delta-many",
            "CVE-2026-41685",
            "64 deltas of 64 MiB each in a few KiB",
            "BB504",
            "together",
            SizeAttacks::large),
        Attack.refused(
            "size-message",
            "CVE-2023-40584",
            "a commit of 120 MB",
            "BB504",
            "commit ",
            r -> r.branch(r.commit(r.root().write(), "x".repeat(120_000_000)))),
        Attack.refused(
            "size-tree",
            "CVE-2023-40584",
            "a directory of 300000 names",
            "BB504",
            "directory `wide` has ",
            SizeAttacks::wide));
  }

  private static void bomb(HostileRepository r) {
    String below = r.blob("");
    String mode = FILE;
    for (int level = 0; level < 10; level++) {
      ByteArrayOutputStream tree = new ByteArrayOutputStream();
      for (int i = 0; i < 10; i++) {
        tree.writeBytes(HostileRepository.entry(("f" + i).getBytes(UTF_8), mode, below));
      }
      below = r.object("tree", tree.toByteArray());
      mode = DIRECTORY;
    }
    r.object("bomb", DIRECTORY, below);
  }

  private static void many(HostileRepository r) {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    ByteArrayOutputStream outer = new ByteArrayOutputStream();
    String empty = r.blob("");
    for (int i = 0; i < 1000; i++) {
      inner.writeBytes(HostileRepository.entry("%03d".formatted(i).getBytes(UTF_8), FILE, empty));
    }
    String tree = r.object("tree", inner.toByteArray());
    for (int i = 0; i < 1000; i++) {
      outer.writeBytes(
          HostileRepository.entry("%03d".formatted(i).getBytes(UTF_8), DIRECTORY, tree));
    }
    r.object("many", DIRECTORY, r.object("tree", outer.toByteArray()));
  }

  private static void wide(HostileRepository r) {
    ByteArrayOutputStream tree = new ByteArrayOutputStream();
    String empty = r.blob("");
    for (int i = 0; i < 300_000; i++) {
      tree.writeBytes(HostileRepository.entry("%06d".formatted(i).getBytes(UTF_8), FILE, empty));
    }
    r.object("wide", DIRECTORY, r.object("tree", tree.toByteArray()));
  }

  private static void deep(HostileRepository r) {
    HostilePack pack = new HostilePack();
    String below = pack.tree(HostileRepository.entry("f".getBytes(UTF_8), FILE, r.blob("")));
    for (int i = 0; i < 100_000; i++) {
      below = pack.tree(HostileRepository.entry("d".getBytes(UTF_8), DIRECTORY, below));
    }
    r.pack(pack);
    r.object("deep", DIRECTORY, below);
  }

  private static void deltas(HostileRepository r) {
    HostilePack pack = new HostilePack();
    String base = pack.blob(new byte[1 << 20]);
    r.object("a0", FILE, base);
    int level = 1;
    for (long size = 1 << 20; size < 16L << 30; size *= 4) {
      // The names of those that are too large are not true; nobody gets as far as hashing them.
      byte[] whole =
          size < 64 << 20 ? new byte[(int) size * 4] : ("claims " + level).getBytes(UTF_8);
      base = pack.delta(base, HostilePack.repeat(size, 4), whole);
      r.object("a" + level++, FILE, base);
    }
    r.pack(pack);
  }

  private static void large(HostileRepository r) {
    HostilePack pack = new HostilePack();
    byte[] content = new byte[1 << 20];
    String base = pack.blob(content);
    byte[] whole = new byte[64 << 20];
    for (int i = 0; i < 64; i++) {
      byte[] unit = content.clone();
      unit[0] = (byte) i;
      String from = pack.blob(unit);
      for (int at = 0; at < 64; at++) {
        System.arraycopy(unit, 0, whole, at << 20, 1 << 20);
      }
      r.object("b" + i, FILE, pack.delta(from, HostilePack.repeat(1 << 20, 64), whole));
    }
    r.object("base", FILE, base);
    r.pack(pack);
  }
}
