package io.bitbuilder.hypervisor.model;

/** When a guest that ended is started again (Restart= of systemd.service(5)). */
public enum Restart {
  NO,
  ON_FAILURE,
  ALWAYS
}
