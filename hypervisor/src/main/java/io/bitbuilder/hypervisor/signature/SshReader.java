package io.bitbuilder.hypervisor.signature;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the data types of RFC 4251 section 5, never past the end. */
final class SshReader {
  private final byte[] bytes;
  private final String what;
  private int position;

  /**
   * Over these bytes.
   *
   * @param what they are, for the refusal
   */
  SshReader(byte[] bytes, String what) {
    this.bytes = bytes;
    this.what = what;
  }

  byte[] take(int count) throws RefusalException {
    if (count < 0 || count > bytes.length - position) {
      throw RefusalException.malformed(what + " ends early");
    }
    position += count;
    return Arrays.copyOfRange(bytes, position - count, position);
  }

  int octet() throws RefusalException {
    return take(1)[0] & 0xff;
  }

  /** A uint32; more than 2^31 - 1 comes out negative. */
  int number() throws RefusalException {
    byte[] four = take(4);
    return ((four[0] & 0xff) << 24)
        | ((four[1] & 0xff) << 16)
        | ((four[2] & 0xff) << 8)
        | (four[3] & 0xff);
  }

  byte[] string() throws RefusalException {
    return take(number());
  }

  /** A string of printable ASCII. */
  String text() throws RefusalException {
    byte[] string = string();
    for (byte it : string) {
      if (it < 0x20 || it > 0x7e) {
        throw RefusalException.malformed(what + " has a name that is not printable ASCII");
      }
    }
    return new String(string, StandardCharsets.US_ASCII);
  }

  /** An mpint that is not negative and in its one shortest form. */
  BigInteger positive() throws RefusalException {
    byte[] string = string();
    BigInteger value = string.length == 0 ? BigInteger.ZERO : new BigInteger(string);
    boolean shortest = string.length == 0 || Arrays.equals(value.toByteArray(), string);
    if (value.signum() <= 0 || !shortest) {
      throw RefusalException.malformed(what + " has a number that is not positive and minimal");
    }
    return value;
  }

  void end() throws RefusalException {
    if (position != bytes.length) {
      throw RefusalException.malformed(what + " goes on after its end");
    }
  }
}
