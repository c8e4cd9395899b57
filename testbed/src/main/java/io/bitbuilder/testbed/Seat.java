package io.bitbuilder.testbed;

import java.time.Duration;

/** Somebody at a terminal of a host, one at a time: types keys, and looks at the screen. */
public final class Seat {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Host host;

  private Seat(Host host) {
    this.host = host;
  }

  /**
   * Runs a shell line on a new terminal. When it has ended, the screen says {@code ended} and its
   * status, {@code /run/seat/before} and {@code after} hold the modes of the terminal, and the
   * screen says {@code terminal as before} once they are the same.
   */
  public static Seat at(Host host, String line) {
    host.write(
        "/run/seat/session",
        """
        stty -g >/run/seat/before
        %s
        echo "ended $?"
        stty -g >/run/seat/after
        until stty -g | cmp -s - /run/seat/before; do sleep 0.1; done
        echo "terminal as before"
        """
            .formatted(line));
    host.sh(
        """
        systemctl stop seat 2>/dev/null || :
        rm -f /run/seat/keys /run/seat/screen
        mkfifo /run/seat/keys
        # Somebody always holds the keyboard: its end would be the end of the session.
        systemd-run --quiet --collect --unit=seat sh -c \
          'exec 3<>/run/seat/keys; exec script -qfec "sh /run/seat/session" /run/seat/screen <&3 >/dev/null'\
        """);
    return new Seat(host);
  }

  /** Types keys, written as printf(1) takes them: {@code \\r} for Enter. */
  public Seat type(String keys) {
    host.sh("printf '%b' \"$1\" >/run/seat/keys", keys);
    return this;
  }

  /** Waits until the screen has shown a text. */
  public Seat shows(String text) {
    host.eventually(PATIENCE, "grep -aqF -- \"$1\" /run/seat/screen", text);
    return this;
  }
}
