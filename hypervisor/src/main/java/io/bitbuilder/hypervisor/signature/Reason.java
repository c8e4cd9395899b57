package io.bitbuilder.hypervisor.signature;

/** Why a signature does not count. */
public enum Reason {
  /** There is no signature. */
  UNSIGNED,
  /** It, the key or the signed object is not of the form it should have. */
  MALFORMED,
  /** More than one signature where one is expected. */
  SEVERAL,
  /** None of the keys given made it. */
  UNKNOWN_KEY,
  /** It does not fit content and key. */
  BAD_SIGNATURE,
  /** The key had expired when it signed. */
  EXPIRED_KEY,
  /** The signature itself has expired by now. */
  EXPIRED_SIGNATURE,
  /** It was made later than now, or earlier than its key. */
  FUTURE,
  /** The key was revoked: for good, or before it signed. */
  REVOKED_KEY,
  /** The key may not sign content, or a signing subkey does not confirm its certificate. */
  WRONG_PURPOSE,
  /** An SSH signature made for another purpose than the one asked for. */
  WRONG_NAMESPACE,
  /** A digest or key that is no longer safe: SHA-1, MD5, RSA below 2048 bits, DSA, Elgamal. */
  WEAK,
  /** A form this version does not judge. */
  UNSUPPORTED
}
