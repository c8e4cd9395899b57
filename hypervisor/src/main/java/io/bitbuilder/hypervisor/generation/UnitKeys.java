package io.bitbuilder.hypervisor.generation;

/**
 * What a staged drop-in may not say, whatever unit it belongs to: nothing in it may run a command,
 * change who runs it, or make the host's paths others. The shipped templates say those things.
 */
final class UnitKeys {
  private UnitKeys() {}

  /** Whether no line of the drop-in sets a key that is the templates' own. */
  static boolean allowed(String content) {
    return content
        .lines()
        .noneMatch(line -> {
          String key = line.strip();
          int equals = key.indexOf('=');
          key = equals < 0 ? key : key.substring(0, equals).strip();
          return isReserved(key) || line.endsWith("\\");
        });
  }

  private static boolean isReserved(String key) {
    return switch (key) {
      case "User", "Group", "SupplementaryGroups", "DynamicUser", "RootDirectory", "RootImage" ->
          true;
      case "EnvironmentFile", "PAMName", "SmackProcessLabel", "AppArmorProfile" -> true;
      case "BindPaths", "BindReadOnlyPaths", "MountImages", "ExtensionImages" -> true;
      default -> key.startsWith("Exec") || key.startsWith("Delegate");
    };
  }
}
