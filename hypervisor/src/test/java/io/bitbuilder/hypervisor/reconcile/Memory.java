package io.bitbuilder.hypervisor.reconcile;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Temporary directories in memory where there are some: tests that try hundreds of interruptions
 * would otherwise wait for the disk.
 */
final class Memory implements TempDirFactory {
  private static final Path SHARED = Path.of("/dev/shm");

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext extension)
      throws java.io.IOException {
    return Files.isWritable(SHARED)
        ? Files.createTempDirectory(SHARED, "bitbuilder-test")
        : Files.createTempDirectory("bitbuilder-test");
  }
}
