package io.bitbuilder.hypervisor.app;

import io.bitbuilder.hypervisor.cli.Live;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The host this process runs on, through the {@code host} package. */
final class RunningHost implements Live {
  @Override
  public Map<String, String> tenantUnits() {
    return Map.of();
  }

  @Override
  public Optional<String> start(String unit) throws IOException {
    throw new IOException("cannot start " + unit);
  }

  @Override
  public OptionalLong leader(String machine) {
    return OptionalLong.empty();
  }

  @Override
  public int attach(List<String> command) throws IOException {
    throw new IOException("cannot start " + command.getFirst());
  }
}
