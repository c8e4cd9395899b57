package io.bitbuilder.hypervisor.names;

/** What a record says. */
sealed interface Data {
  /** A change of ours is seen by everybody after as many seconds. */
  long TTL = 5;

  /** Of which type the record is. */
  int type();

  /** For how many seconds it may be remembered. */
  default long ttl() {
    return TTL;
  }

  /** An address, of IPv4 or IPv6. */
  final class Address implements Data {
    private final byte[] bytes;

    Address(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public int type() {
      return bytes.length == 4 ? Type.A : Type.AAAA;
    }
  }

  /** What somebody else said, passed on as it is. */
  final class Foreign implements Data {
    private final int type;
    private final long ttl;
    private final byte[] bytes;

    Foreign(int type, long ttl, byte[] bytes) {
      this.type = type;
      this.ttl = ttl;
      this.bytes = bytes.clone();
    }

    byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public int type() {
      return type;
    }

    @Override
    public long ttl() {
      return ttl;
    }
  }

  /** The name that goes with an address. */
  record Pointer(DomainName name) implements Data {
    @Override
    public int type() {
      return Type.PTR;
    }
  }

  /** Who answers for a zone. */
  record Server(DomainName name) implements Data {
    @Override
    public int type() {
      return Type.NS;
    }
  }

  /**
   * The beginning of a zone. It is its own server, as in zones that name servers make up (RFC 6303,
   * section 3).
   *
   * @param serial which version of the zone it is
   */
  record Start(DomainName zone, long serial) implements Data {
    /** Of what does not lead to a mailbox (RFC 6303, section 3). */
    static final DomainName MAILBOX = DomainName.of("nobody.invalid");

    @Override
    public int type() {
      return Type.SOA;
    }
  }
}
