package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.host.Console;
import io.bitbuilder.hypervisor.host.FakeCipher;
import io.bitbuilder.hypervisor.host.FakePace;
import io.bitbuilder.hypervisor.host.HostCipher;
import io.bitbuilder.hypervisor.host.Images;
import io.bitbuilder.hypervisor.host.Inside;
import io.bitbuilder.hypervisor.host.Machine;
import io.bitbuilder.hypervisor.host.Messages;
import io.bitbuilder.hypervisor.host.Pace;
import io.bitbuilder.hypervisor.host.Systemd;
import io.bitbuilder.hypervisor.host.UnitState;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import io.bitbuilder.hypervisor.reconcile.HostPorts;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A running host that does what the test says and writes down what it was asked. */
final class FakeHost implements Systemd, Commands, Inside, Images, Messages, Console, HostCipher {
  final List<String> asked = new ArrayList<>();
  final SortedMap<String, UnitState> units = new TreeMap<>();
  final SortedMap<String, Machine> machines = new TreeMap<>();
  final Map<String, Done> results = new HashMap<>();
  final Map<String, Step> steps = new HashMap<>();

  /** What programs say, by command line; the rest says nothing. */
  final Map<String, Result> said = new HashMap<>();

  int exit;
  boolean interrupted;
  Console.End end = new Console.Left();

  /** All of it as verbs get it. */
  HostPorts ports() {
    FakePace pace = new FakePace();
    return new HostPorts(
        this,
        this,
        this,
        this,
        new Pace() {
          @Override
          public Instant now() {
            return pace.now();
          }

          @Override
          public Duration elapsed() {
            return pace.elapsed();
          }

          @Override
          public void pause(Duration time) throws InterruptedIOException {
            if (interrupted) {
              throw new InterruptedIOException("interrupted");
            }
            pace.pause(time);
          }
        },
        this);
  }

  /** What starting a unit does. */
  interface Step {
    void run() throws IOException;
  }

  void unit(String name, String active) {
    units.put(
        name,
        new UnitState(name, "loaded", active, "", "success", "i", 0, Optional.empty(), 0, ""));
  }

  /** It ran, and ended with 0. */
  void exited(String name) {
    units.put(
        name,
        new UnitState(
            name, "loaded", "inactive", "dead", "success", "i", 0, Optional.empty(), 0, ""));
  }

  @Override
  public SortedMap<String, String> portableUnits(Path image, String prefix) {
    throw new AssertionError("nobody asked for this");
  }

  @Override
  public void daemonReload() {
    asked.add("daemon-reload");
  }

  @Override
  public Done run(Systemd.Verb verb, Collection<String> names, Duration limit) throws IOException {
    for (String name : names) {
      asked.add(verb + " " + name);
      Step step = steps.get(name);
      if (step != null) {
        step.run();
      }
      Done done = results.get(name);
      if (done != null) {
        return done;
      }
    }
    return Done.OK;
  }

  @Override
  public SortedMap<String, UnitState> states(Collection<String> names) {
    return units;
  }

  @Override
  public SortedMap<String, Machine> machines() {
    return machines;
  }

  @Override
  public Result run(List<String> words, String input, Duration limit) {
    asked.add(String.join(" ", words));
    return said.getOrDefault(String.join(" ", words), new Result(exit, "", "", false));
  }

  @Override
  public int interactive(List<String> words) {
    asked.add(String.join(" ", words));
    return exit;
  }

  @Override
  public Console.End attach(Path socket, long user, Runnable attached) {
    asked.add("attach " + socket + " " + user);
    if (end instanceof Console.Left || end instanceof Console.Closed) {
      attached.run();
    }
    return end;
  }

  @Override
  public Result run(String machine, List<String> words, Duration limit) {
    return run(words, "", limit);
  }

  @Override
  public Result script(String machine, long user, String layer, Script script, Duration limit) {
    return run(List.of("script", machine, layer, script.file()), "", limit);
  }

  @Override
  public void provide(String sha256, CatalogueImage.Type type) {
    asked.add("provide " + sha256);
  }

  @Override
  public boolean isReady(String sha256) {
    return true;
  }

  @Override
  public void prune(Set<String> named) {
    asked.add("prune " + named);
  }

  @Override
  public void send(String id, int priority, String text, SortedMap<String, String> fields) {
    asked.add("message " + text);
  }

  /** What somebody types as a secret. */
  byte[] typed = {};

  @Override
  public byte[] secret(int limit, Runnable prompt) {
    return Arrays.copyOf(typed, Math.min(limit, typed.length));
  }

  @Override
  public byte[] encrypt(String name, byte[] secret, HostCipher.Key key) {
    return FakeCipher.INSTANCE.encrypt(name, secret, key);
  }

  @Override
  public byte[] decrypt(String name, byte[] ciphertext) throws HostCipher.Closed {
    return FakeCipher.INSTANCE.decrypt(name, ciphertext);
  }

  @Override
  public void check(String name, byte[] ciphertext) throws HostCipher.Closed {
    FakeCipher.INSTANCE.check(name, ciphertext);
  }
}
