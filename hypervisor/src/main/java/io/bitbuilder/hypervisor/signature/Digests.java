package io.bitbuilder.hypervisor.signature;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Digests every JDK has. */
final class Digests {
  private Digests() {}

  static MessageDigest of(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the runtime lacks " + name, e);
    }
  }
}
