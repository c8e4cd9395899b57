package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.host.Machine;
import io.bitbuilder.hypervisor.host.Systemd;
import io.bitbuilder.hypervisor.host.UnitState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A running host that does what the test says and writes down what it was asked. */
final class FakeHost implements Systemd, Commands {
  final List<String> asked = new ArrayList<>();
  final SortedMap<String, UnitState> units = new TreeMap<>();
  final SortedMap<String, Machine> machines = new TreeMap<>();
  final Map<String, Done> results = new HashMap<>();
  final Map<String, Step> steps = new HashMap<>();
  int exit;

  /** What starting a unit does. */
  interface Step {
    void run() throws IOException;
  }

  void unit(String name, String active) {
    units.put(
        name,
        new UnitState(name, "loaded", active, "", "success", "i", 0, Optional.empty(), 0, ""));
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
    return new Result(exit, "", "", false);
  }

  @Override
  public int interactive(List<String> words) {
    asked.add(String.join(" ", words));
    return exit;
  }
}
