package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Node;
import io.bitbuilder.hypervisor.schema.Reading;

/**
 * users/&lt;name&gt;/homed-config.json: a user record of systemd (systemd.io/USER_RECORD). Its keys
 * are systemd's, so only what ties it to its directory is checked.
 */
final class UserFile {
  private UserFile() {}

  static void read(String name, Reading reading) {
    if (!(reading.document().root() instanceof Node.Entries record)) {
      reading.wrongType(reading.document().root(), "a user record", "");
      return;
    }
    Node userName = record.get("userName");
    if (userName instanceof Node.Scalar scalar && !scalar.text().equals(name)) {
      reading.error(
          Code.BB204,
          scalar,
          "user " + Quote.quote(scalar.text()) + " lies in users/" + Quote.escape(name),
          name,
          "rename the directory, or correct `userName`");
    }
  }
}
