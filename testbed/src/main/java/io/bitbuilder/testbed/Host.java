package io.bitbuilder.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A booted Debian host with systemd as PID 1: a container, or a virtual machine with a kernel of
 * its own. The verbs are the same for both. Closing it fails when a unit has failed that the test
 * did not {@linkplain #allowFailed allow}, and always removes the host.
 */
public final class Host implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String EVIDENCE =
      """
      section() { printf '\\n--- %s\\n' "$1"; shift; "$@" 2>&1 | head -c 20000; }
      section 'failed units' systemctl list-units --failed --no-legend --plain
      section 'journal, newest last' sh -c \
        'journalctl --sync; journalctl --boot --no-pager --lines=250 --output=short-precise | tail -c 20000'
      section 'files of generators' sh -c \
        'cd /run/systemd/generator && find . -path "*tenant*" -type l -o -path "*tenant*" -type f | sort | head -n 100'
      section 'units of the selection' sh -c \
        'cd /var/lib/bitbuilder/generations/current/units && find -L . -type f | head -n 20 | xargs -r tail -n +1'
      section 'generations' sh -c 'cd /var/lib/bitbuilder/generations && ls -l current tenants/*'
      section 'staging report' cat /var/lib/bitbuilder/staging/report.json
      section 'activation journal' cat /var/lib/bitbuilder/journal.json\
      """;

  /** How a host differs from a plain container. */
  public enum Option {
    /** The product's package is installed (see {@link #packageFile()}). */
    PACKAGE,
    /** /var is a file system of its own, mounted after the generators have run. */
    SPLIT_VAR,
    /** A virtual machine with its own kernel instead of a container. */
    MACHINE
  }

  /** What a command said, and its exit status. */
  public record Output(int exit, String text) {}

  private final String name;
  private final Lane lane;
  private final Set<String> allowed = new HashSet<>();

  private Host(String name) {
    this.name = name;
    this.lane = new Lane(name);
  }

  /** Boots a host; the name gets the test's process id, so that test runs do not meet. */
  public static Host boot(String name, Option... options) {
    List<String> arguments = new ArrayList<>();
    for (Option option : options) {
      switch (option) {
        case PACKAGE -> arguments.addAll(List.of("--deb", packageFile().toString()));
        case SPLIT_VAR -> arguments.add("--split-var");
        case MACHINE -> arguments.add("--machine");
      }
    }
    return up(name, arguments);
  }

  /**
   * Boots the image of the immutable host, built first when there is none: a machine with firmware
   * and a TPM that is told nothing but system credentials.
   *
   * @param credentials their content by their name
   */
  public static Host bootImage(String name, Map<String, String> credentials) {
    return bootImage(name, Path.of(Lane.print("image/build")), credentials);
  }

  /** The same with another directory of a disk and firmware. */
  public static Host bootImage(String name, Path image, Map<String, String> credentials) {
    return Credentials.with(credentials, directory -> up(name, machine(image, directory)));
  }

  /**
   * Boots the same disk as it is, with others beside it, and waits until it answers.
   *
   * @param sizes of the others, as truncate(1) takes them; their serial numbers are {@code disk-1}
   *     and so on
   */
  public static Host bootStick(String name, Map<String, String> credentials, String... sizes) {
    return Credentials.with(credentials, directory -> up(name, stick(directory, sizes)));
  }

  /** The same without waiting for it: it ends by itself. */
  public static Host startStick(String name, Map<String, String> credentials, String... sizes) {
    List<String> arguments = new ArrayList<>(List.of("--no-wait"));
    return Credentials.with(
        credentials,
        directory -> {
          arguments.addAll(stick(directory, sizes));
          return up(name, arguments);
        });
  }

  private static List<String> stick(Path credentials, String... sizes) {
    List<String> arguments =
        new ArrayList<>(machine(Path.of(Lane.print("image/build")), credentials));
    for (String size : sizes) {
      arguments.addAll(List.of("--disk", size));
    }
    return arguments;
  }

  private static List<String> machine(Path image, Path credentials) {
    return List.of("--image", image.toString(), "--credentials", credentials.toString());
  }

  private static Host up(String name, List<String> arguments) {
    Host host = new Host(name + "-" + ProcessHandle.current().pid());
    try {
      host.lane.must(Duration.ofMinutes(15), "up", arguments.toArray(String[]::new));
    } catch (AssertionError e) {
      host.lane.run(LIMIT, "down");
      throw e;
    }
    return host;
  }

  /**
   * The product's package: {@code bitbuilder.deb} as system property, {@code BITBUILDER_DEB} in the
   * environment, or the newest one in {@code dist/}.
   */
  public static Path packageFile() {
    String set = System.getProperty("bitbuilder.deb", System.getenv("BITBUILDER_DEB"));
    if (set != null && !set.isEmpty()) {
      return Path.of(set).toAbsolutePath();
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path dist = at.resolve("dist");
      if (Files.isDirectory(dist)) {
        try (var files = Files.newDirectoryStream(dist, "bitbuilder_*.deb")) {
          for (Path file : files) {
            return file;
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    throw new IllegalStateException("no package: run `make dist`, or set BITBUILDER_DEB");
  }

  /** The address on the private network all hosts share. */
  public String address() {
    return lane.must(LIMIT, "address").strip();
  }

  /** Runs a command to its end; standard output and error together. */
  public Output exec(String... command) {
    return lane.run(LIMIT, "exec", command);
  }

  /** Runs a shell line to its end; the words after it are {@code $1} and so on. */
  public Output shell(String line, String... words) {
    return exec(shellCommand(line, words));
  }

  /** Runs a command that has to exit with 0, and gives its output. */
  public String succeeds(String... command) {
    Output output = exec(command);
    if (output.exit() != 0) {
      throw failure("`" + String.join(" ", command) + "` exited with " + output);
    }
    return output.text();
  }

  /** Runs a shell line that has to exit with 0, and gives its output without surrounding space. */
  public String sh(String line, String... words) {
    return succeeds(shellCommand(line, words)).strip();
  }

  /** Runs a command that must not exit with 0, and gives its output. */
  public String fails(String... command) {
    Output output = exec(command);
    if (output.exit() == 0) {
      throw failure("`" + String.join(" ", command) + "` succeeded: " + output.text());
    }
    return output.text();
  }

  /**
   * Waits until a unit is active; ends at once when it has failed, or is inactive with nothing
   * queued that would start it.
   */
  public void waitForUnit(String unit, Duration limit) {
    String script =
        """
        idle=0
        until state=$(systemctl show -P ActiveState "$1"); [ "$state" = active ]; do
          [ "$state" != failed ] || exit 1
          job=$(systemctl show -P Job "$1")
          if [ "$state" = inactive ] && [ "${job:-0}" = 0 ]; then idle=$((idle + 1)); else idle=0; fi
          [ "$idle" -lt 20 ] || { echo "$1 is inactive and nothing starts it"; exit 1; }
          sleep 0.1
        done\
        """;
    succeeds("timeout", limit.toSeconds() + "s", "sh", "-c", script, "sh", unit);
  }

  /** Repeats a shell line until it succeeds or the limit has passed; gives its last output. */
  public String eventually(Duration limit, String line, String... words) {
    String script =
        "line=$1; shift; until said=$(sh -c \"$line\" sh \"$@\" 2>&1); do printf '%s\\n' \"$said\""
            + " >/tmp/.eventually; sleep 0.1; done; printf '%s\\n' \"$said\"";
    List<String> argv =
        new ArrayList<>(
            List.of("timeout", limit.toSeconds() + "s", "sh", "-c", script, "sh", line));
    argv.addAll(List.of(words));
    Output output = exec(argv.toArray(String[]::new));
    if (output.exit() != 0) {
      String last = exec("cat", "/tmp/.eventually").text();
      throw failure("`" + line + "` did not succeed within " + limit + "; at last: " + last);
    }
    return output.text();
  }

  /** The same through as many boots as it takes, whoever asks for them. */
  public void eventuallyAfterBoots(Duration limit, String line) {
    long end = System.nanoTime() + limit.toNanos();
    Output last = shell(line);
    while (last.exit() != 0) {
      if (System.nanoTime() > end) {
        throw failure("`" + line + "` did not succeed within " + limit + "; at last: " + last);
      }
      // Each look starts a process, and most find nobody there.
      LockSupport.parkNanos(2_000_000_000L);
      last = shell(line);
    }
  }

  /** What it has said on its console, through all its boots. */
  public String console() {
    return lane.must(LIMIT, "console");
  }

  /** The journal since boot, newest last. */
  public String journal() {
    return exec("journalctl", "--boot", "--no-pager", "--lines=1000", "--output=cat").text();
  }

  /** What a reader of a failed test wants to know of the host. */
  public String evidence() {
    return "=== evidence of " + name + exec("sh", "-c", EVIDENCE).text();
  }

  /** The content of a file. */
  public String read(String path) {
    return succeeds("cat", path);
  }

  /** Writes a file, and the directories above it. */
  public void write(String path, String content) {
    try {
      Path file = Files.createTempFile("testbed", ".file");
      try {
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        push(file, path);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies a file, or a directory's content, from this machine into the host. */
  public void push(Path from, String to) {
    lane.must(LIMIT, "push", from.toString(), to);
  }

  /** A unit this test lets fail. */
  public void allowFailed(String unit) {
    allowed.add(unit);
  }

  /** Units that have failed, but those the test allows. */
  public List<String> failedUnits() {
    List<String> failed = new ArrayList<>();
    for (String line :
        exec("systemctl", "--failed", "--plain", "--no-legend").text().lines().toList()) {
      String unit = line.strip().split(" ", 2)[0];
      if (!unit.isEmpty() && !allowed.contains(unit)) {
        failed.add(unit);
      }
    }
    return failed;
  }

  /** Shuts down cleanly and boots the same disk. */
  public void reboot() {
    lane.must(LIMIT, "reboot");
  }

  /** Takes the power away; {@link #powerOn} boots the same disk. */
  public void powerOff() {
    lane.must(LIMIT, "kill");
  }

  /** Boots the disk of a host that is off. */
  public void powerOn() {
    lane.must(LIMIT, "up");
  }

  /** Takes the power away and boots the same disk. */
  public void powerCut() {
    powerOff();
    powerOn();
  }

  /** Keeps a machine that is off as it is: its disk, firmware and TPM. */
  public void keep() {
    lane.must(LIMIT, "keep");
  }

  /** Makes a machine what it was when it was kept, after cutting its power. */
  public void restore() {
    lane.must(LIMIT, "restore");
  }

  /**
   * Does to a machine that is off what an attacker could: the kinds are those of {@code
   * testbed/tamper}.
   */
  public void tamper(String... kind) {
    lane.script(LIMIT, "testbed/tamper", kind);
  }

  /** Starts a machine nobody may be able to log in to. The console is closed with the host. */
  public Console powerOnUnseen() {
    lane.must(LIMIT, "up", "--no-wait");
    return new Console(lane);
  }

  private boolean runs() {
    return lane.run(LIMIT, "runs").exit() == 0;
  }

  /** Waits until it has turned itself off. */
  public void waitUntilOff(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (runs()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(name + " is still on after " + limit + ":\n" + console());
      }
      // Each look starts a process.
      LockSupport.parkNanos(1_000_000_000L);
    }
  }

  /**
   * Of a host that is off, all that is left is its other disk: no credential comes from outside any
   * more.
   */
  public void unplug() {
    lane.must(LIMIT, "unplug");
  }

  @Override
  public void close() {
    try {
      List<String> failed = runs() ? failedUnits() : List.of();
      if (!failed.isEmpty()) {
        throw failure("failed units: " + failed);
      }
    } finally {
      if (System.getenv("BITBUILDER_KEEP") == null) {
        lane.must(LIMIT, "down");
      }
    }
  }

  /** An assertion error that carries the {@linkplain #evidence evidence}. */
  public AssertionError failure(String what) {
    return new AssertionError(name + ": " + what + "\n" + evidence());
  }

  private static String[] shellCommand(String line, String... words) {
    List<String> argv = new ArrayList<>(List.of("sh", "-euc", line, "sh"));
    argv.addAll(List.of(words));
    return argv.toArray(String[]::new);
  }
}
