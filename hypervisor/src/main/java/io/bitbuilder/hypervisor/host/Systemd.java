package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What we ask of the service manager and of systemd-machined. All methods may be called by several
 * threads at once; a blocked one ends when its thread is interrupted.
 */
public interface Systemd {
  /** A job asked for; several units go into one call and are waited for together. */
  enum Verb {
    /** For units that stay loaded, as those of tenants do; many may wait at once. */
    START,
    /** Starts what runs once, may be skipped by a condition, and is unloaded when it has ended. */
    RUN,
    /** Asks for a start and waits for nothing. */
    BEGIN,
    /** Asks for a stop and waits for nothing. */
    BEGIN_STOP,
    /** Asks for a restart and waits for nothing. */
    BEGIN_RESTART,
    STOP,
    RESTART,
    /** Restarts what is active. */
    TRY_RESTART,
    /** Reloads what is active, starts what is not. */
    RELOAD_OR_START,
    /** Forgets failures and the start limit, which is no job and waits for nothing. */
    RESET_FAILED
  }

  /**
   * How jobs ended.
   *
   * @param ok whether every job was done
   * @param timedOut whether the limit passed first; jobs may still be under way then
   * @param message what was said about it, untrusted and unescaped, at most some kilobytes
   */
  record Done(boolean ok, boolean timedOut, String message) {
    /** Everything was done. */
    public static final Done OK = new Done(true, false, "");
  }

  /**
   * Runs the generators and loads all units again. Takes a tenth of a second and more, during which
   * the service manager answers nobody.
   *
   * @throws IOException when the service manager cannot be reached or refuses
   */
  void daemonReload() throws IOException;

  /**
   * Does something with units and waits for the end of it; nothing with none.
   *
   * @param limit how long to wait
   */
  Done run(Verb verb, Collection<String> units, Duration limit) throws IOException;

  /**
   * The state of units, in one question.
   *
   * @param units names, or patterns with {@code *}, which match loaded units only
   * @return by unit name; a unit that does not exist is there with {@link UnitState#exists()} false
   */
  SortedMap<String, UnitState> states(Collection<String> units) throws IOException;

  /**
   * The units that an image of a portable service brings, as systemd-portabled finds them in it.
   *
   * @param image where it is
   * @param prefix what their names begin with, up to a {@code .}, {@code -} or {@code @}
   * @return their texts by name, which are untrusted; at least one
   * @throws NotPortable when the image has none, or is no image
   * @throws IOException when systemd-portabled cannot be asked
   */
  SortedMap<String, String> portableUnits(Path image, String prefix) throws IOException;

  /** An image is none of a portable service; the message is untrusted. */
  final class NotPortable extends IOException {
    private static final long serialVersionUID = 1L;

    /** Says why. */
    public NotPortable(String message) {
      super(message);
    }
  }

  /** The running machines by name, without the host itself. */
  SortedMap<String, Machine> machines() throws IOException;

  /** One running machine; empty when none has this name. */
  default Optional<Machine> machine(String name) throws IOException {
    return Optional.ofNullable(machines().get(name));
  }
}
