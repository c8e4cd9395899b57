package io.bitbuilder.hypervisor.signature;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;

final class OpenPgpSignature {
  static OpenPgpSignature parse(byte[] bytes) throws RefusalException {
    throw new RefusalException(Reason.UNSUPPORTED, "not written yet");
  }

  Verdict verify(List<OpenPgpCertificate> certificates, Instant now, InputStream content)
      throws RefusalException, IOException {
    throw new RefusalException(Reason.UNSUPPORTED, "not written yet");
  }
}
