package io.bitbuilder.hypervisor.names;

/** Numbers of types of records, as far as we have to tell them apart (IANA, DNS parameters). */
final class Type {
  static final int A = 1;
  static final int NS = 2;
  static final int SOA = 6;
  static final int PTR = 12;
  static final int AAAA = 28;
  static final int OPT = 41;
  static final int DS = 43;
  static final int DNSKEY = 48;
  static final int ANY = 255;

  /**
   * From here on up to {@link #ANY} they ask for transfers and the like (RFC 6895, section 3.1).
   */
  private static final int FIRST_META = 128;

  private Type() {}

  /** Whether it asks for something else than records of one type, or than all of a name. */
  static boolean isMeta(int type) {
    return type == OPT || (type >= FIRST_META && type < ANY);
  }
}
