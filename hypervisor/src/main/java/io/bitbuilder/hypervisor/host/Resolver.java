package io.bitbuilder.hypervisor.host;

import java.util.List;

/** The host's own resolver, as far as it asks others. */
public interface Resolver {
  /** A record, but for its name. */
  final class Found {
    private final int type;
    private final long ttl;
    private final byte[] data;

    /**
     * A record.
     *
     * @param type its number (IANA, DNS parameters)
     * @param ttl for how many seconds it may be remembered
     * @param data as messages carry it, without shortened names
     */
    public Found(int type, long ttl, byte[] data) {
      this.type = type;
      this.ttl = ttl;
      this.data = data.clone();
    }

    /** The number of its type. */
    public int type() {
      return type;
    }

    /** For how many seconds it may be remembered. */
    public long ttl() {
      return ttl;
    }

    /** What it says, as messages carry it. */
    public byte[] data() {
      return data.clone();
    }
  }

  /** What came of a question. */
  sealed interface Answer {
    /** These records, and they are all. */
    record Records(List<Found> records) implements Answer {
      public Records {
        records = List.copyOf(records);
      }
    }

    /** The name is there, but has no such records. */
    record NoRecords() implements Answer {}

    /** There is no such name. */
    record NoName() implements Answer {}

    /** Nobody could say. */
    record Failed() implements Answer {}
  }

  /**
   * Asks the name servers of the host, and passes on nothing the host knows by itself: names of its
   * own, of {@code /etc/hosts}, of machines that run on it.
   *
   * @param name letters, digits, {@code -} and {@code _} in labels with dots between them
   * @param type the number of the type of records
   */
  Answer resolve(String name, int type);
}
