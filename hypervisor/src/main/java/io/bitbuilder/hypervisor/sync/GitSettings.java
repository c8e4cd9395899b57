package io.bitbuilder.hypervisor.sync;

import java.io.File;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.WindowCacheConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * All JGit is told about the machine: nothing. No configuration of the system or of a user is read,
 * no environment variable, no host name, and no program is started to find any of them.
 *
 * <p>JGit measures the resolution of time stamps for three seconds on a file system it has no
 * record of. Here every file system has one: the coarsest Linux has had, a tick of 10 ms.
 */
@SuppressWarnings("deprecation") // abstract methods that have to be there
final class GitSettings extends SystemReader {
  private static final String TICK = "10 ms";
  private static final long CACHED_BYTES = 16L << 20;
  static final int STREAMED_FROM = 8 << 20;

  private final StoredConfig settings = new Settings();

  private GitSettings() {}

  /** Makes these the settings of the process; must come before any other use of JGit. */
  static void apply() {
    Once.applied();
  }

  /** The checks that every received object passes; also those of platforms we do not run on. */
  static ObjectChecker checker() {
    return new ObjectChecker().setSafeForWindows(false).setSafeForMacOS(true);
  }

  @Override
  public StoredConfig getUserConfig() {
    return settings;
  }

  @Override
  public StoredConfig getSystemConfig() {
    return settings;
  }

  @Override
  public StoredConfig getJGitConfig() {
    return settings;
  }

  @Override
  public FileBasedConfig openUserConfig(@Nullable Config parent, FS fs) {
    return new Nowhere(fs);
  }

  @Override
  public FileBasedConfig openSystemConfig(@Nullable Config parent, FS fs) {
    return new Nowhere(fs);
  }

  @Override
  public FileBasedConfig openJGitConfig(@Nullable Config parent, FS fs) {
    return new Nowhere(fs);
  }

  @Override
  public String getHostname() {
    return "localhost";
  }

  @Override
  public @Nullable String getenv(String variable) {
    return null;
  }

  @Override
  public @Nullable String getProperty(String key) {
    return System.getProperty(key);
  }

  @Override
  public long getCurrentTime() {
    return System.currentTimeMillis();
  }

  @Override
  public int getTimezone(long when) {
    return 0;
  }

  /** Applied by the loader of this class, once and for all threads. */
  private static final class Once {
    static {
      SystemReader.setInstance(new GitSettings());
      WindowCacheConfig cache = new WindowCacheConfig();
      cache.setPackedGitLimit(CACHED_BYTES);
      cache.setDeltaBaseCacheLimit((int) CACHED_BYTES / 2);
      cache.setStreamFileThreshold(STREAMED_FROM);
      cache.install();
    }

    static void applied() {
      // Loading the class did it.
    }
  }

  private static final class Settings extends StoredConfig {
    Settings() {
      setBoolean("gc", null, "writeCommitGraph", false);
      setString("protocol", null, "version", "2");
      setString("http", null, "followRedirects", "initial");
    }

    @Override
    public @Nullable String getString(String section, @Nullable String subsection, String name) {
      return section.equals("filesystem") ? TICK : super.getString(section, subsection, name);
    }

    @Override
    public void load() {
      // There is nothing to load from.
    }

    @Override
    public void save() {
      // JGit may try to keep what it measured.
    }
  }

  private static final class Nowhere extends FileBasedConfig {
    Nowhere(FS fs) {
      super(new File("/nonexistent"), fs);
    }

    @Override
    public void load() {
      // Nothing is read.
    }

    @Override
    public boolean isOutdated() {
      return false;
    }
  }
}
