package io.bitbuilder.hypervisor.names;

/** How a query went (RFC 1035, section 4.1.1; RFC 6891, section 9). */
enum Rcode {
  NO_ERROR(0),
  FORMAT_ERROR(1),
  SERVER_FAILURE(2),
  NO_NAME(3),
  NOT_IMPLEMENTED(4),
  REFUSED(5),
  BAD_VERSION(16);

  private final int number;

  Rcode(int number) {
    this.number = number;
  }

  /** What of it is in the header. */
  int low() {
    return number & 0xf;
  }

  /** What of it is in the extension. */
  int high() {
    return number >> 4;
  }
}
