package io.bitbuilder.hypervisor.signature;

import java.util.Arrays;

/** Content and the text of its signature, as cut from one Git object. */
public final class SignedBytes {
  private final byte[] payload;
  private final byte[] signature;

  private SignedBytes(byte[] payload, byte[] signature) {
    this.payload = payload;
    this.signature = signature;
  }

  /** Both are copied; an empty signature means that there is none. */
  public static SignedBytes of(byte[] payload, byte[] signature) {
    return new SignedBytes(payload.clone(), signature.clone());
  }

  /** What is signed. */
  public byte[] payload() {
    return payload.clone();
  }

  /** The armored signature, empty when there is none. */
  public byte[] signature() {
    return signature.clone();
  }

  /** Whether there is something that may be a signature. */
  public boolean isSigned() {
    return signature.length > 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SignedBytes that
        && Arrays.equals(payload, that.payload)
        && Arrays.equals(signature, that.signature);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(payload) * 31 + Arrays.hashCode(signature);
  }

  @Override
  public String toString() {
    return payload.length + " bytes, signature of " + signature.length;
  }
}
