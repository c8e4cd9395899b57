package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.util.SortedMap;

/** Writes entries with fields of their own into the journal (systemd.journal-fields(7)). */
public interface Messages {
  /** Syslog priority of what went as it should. */
  int NOTICE = 5;

  /** Syslog priority of what somebody should look at. */
  int WARNING = 4;

  /**
   * Writes one entry.
   *
   * @param id its MESSAGE_ID, 32 hexadecimal digits
   * @param text one line, without untrusted text that is not escaped
   * @param fields more fields, each name of {@code A-Z 0-9 _}; control characters in values are
   *     replaced
   */
  void send(String id, int priority, String text, SortedMap<String, String> fields)
      throws IOException;
}
