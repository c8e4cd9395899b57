package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/**
 * A repository to fetch. Every address was written by the operator, in host.yaml or in the
 * registry; it is checked all the same, for it is handed to a transport.
 *
 * @param scope {@code system} or a tenant id
 * @param url the address as it was written
 * @param address the same with a scheme, for what needs its parts
 * @param branch the full name of its branch, {@code refs/heads/…}
 * @param credential the credential that opens it, or empty
 * @param directory the directory (a file URL) it was discovered in, or empty
 */
public record Source(
    String scope, String url, URI address, String branch, String credential, String directory) {
  private static final String EXPECTED =
      "https://host/path, ssh://user@host/path, user@host:path or file:///path";
  private static final int LIMIT = 1024;

  /** How a repository is reached. */
  public enum Protocol {
    HTTP,
    SSH,
    FILE
  }

  /**
   * Checks an address.
   *
   * @param ref a branch, {@code main} or {@code refs/heads/main}
   * @param report receives BB505 when the result is empty
   */
  public static Optional<Source> of(
      String scope, String url, String ref, String credential, String directory, Report report) {
    URI address = parse(url);
    String problem = address == null ? "is not a usable address" : problem(address);
    if (address == null || !problem.isEmpty()) {
      refuse(report, scope, "address " + Quote.quote(url) + " " + problem, EXPECTED);
      return Optional.empty();
    }
    String branch = ref.startsWith(Constants.R_REFS) ? ref : Constants.R_HEADS + ref;
    if (!branch.startsWith(Constants.R_HEADS) || !Repository.isValidRefName(branch)) {
      refuse(report, scope, Quote.quote(ref) + " is not the name of a branch", "a branch");
      return Optional.empty();
    }
    if (!credential.isEmpty() && !Credentials.isName(credential)) {
      refuse(
          report,
          scope,
          Quote.quote(credential) + " is not the name of a credential",
          "a-z 0-9 - _ .");
      return Optional.empty();
    }
    return Optional.of(new Source(scope, url, address, branch, credential, directory));
  }

  /** How it is reached. */
  public Protocol protocol() {
    return switch (String.valueOf(address.getScheme())) {
      case "file" -> Protocol.FILE;
      case "ssh" -> Protocol.SSH;
      default -> Protocol.HTTP;
    };
  }

  /** The server, or empty for a local directory: {@code https://git.example.org:443}. */
  String endpoint() {
    return protocol() == Protocol.FILE ? "" : endpoint(address);
  }

  /** Scheme, host and port of an address. */
  static String endpoint(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
    int port = address.getPort();
    if (port < 0) {
      port =
          switch (scheme) {
            case "https" -> 443;
            case "ssh" -> 22;
            default -> 80;
          };
    }
    return scheme + "://" + host + ":" + port;
  }

  /** Whether a name or address is that of this machine's loopback interface, without asking DNS. */
  static boolean isLoopback(@Nullable String host) {
    return host != null
        && (host.equals("localhost")
            || host.equals("[::1]")
            || (host.startsWith("127.") && host.chars().allMatch(c -> c == '.' || isDigit(c))));
  }

  private static String problem(URI address) {
    String host = address.getHost();
    String path = address.getPath();
    if (path == null || path.length() < 2) {
      return "names no repository";
    }
    if (address.getRawQuery() != null || address.getRawFragment() != null) {
      return "has a query or a fragment";
    }
    if (hasControl(path) || ("/" + path + "/").contains("/../")) {
      return "has a path that is not allowed";
    }
    String user = address.getRawUserInfo();
    return switch (String.valueOf(address.getScheme())) {
      case "file" ->
          host == null && address.getRawAuthority() == null && user == null
              ? ""
              : "names a host for a local directory";
      case "https", "http" -> {
        if (host == null || host.startsWith("-")) {
          yield "names no host";
        }
        if (user != null) {
          yield "holds a user or a password: name a credential instead";
        }
        yield address.getScheme().equals("http") && !isLoopback(host)
            ? "can be changed on its way: use https"
            : "";
      }
      case "ssh" -> {
        if (host == null || host.startsWith("-")) {
          yield "names no host";
        }
        yield user == null || isUser(user) ? "" : "has a user that is not allowed";
      }
      default -> "has a scheme that is not allowed";
    };
  }

  private static @Nullable URI parse(String url) {
    if (url.isEmpty() || url.length() > LIMIT || hasControl(url)) {
      return null;
    }
    try {
      int colon = url.indexOf(':');
      if (!url.contains("://") && colon > 0 && url.indexOf('/') != 0) {
        return shortForm(url, colon);
      }
      URI address = new URI(url);
      return address.isOpaque() ? null : address;
    } catch (URISyntaxException _) {
      return null;
    }
  }

  /** {@code user@host:path}, as git writes it; the path is relative to the user's home. */
  private static @Nullable URI shortForm(String url, int colon) throws URISyntaxException {
    String[] who = url.substring(0, colon).split("@", -1);
    String path = url.substring(colon + 1);
    if (who.length > 2 || path.isEmpty()) {
      return null;
    }
    String user = who.length == 2 ? who[0] : null;
    String absolute = path.startsWith("/") ? path : "/" + path;
    return new URI("ssh", user, who[who.length - 1], -1, absolute, null, null);
  }

  private static boolean isUser(String user) {
    return !user.isEmpty()
        && !user.startsWith("-")
        && user.chars().allMatch(c -> isDigit(c) || isLetter(c) || "._-".indexOf(c) >= 0);
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean hasControl(String text) {
    return text.chars().anyMatch(c -> c <= ' ' || c == 0x7f);
  }

  private static void refuse(Report report, String scope, String message, String expected) {
    report.add(
        Code.BB505,
        Location.ofFile(scope, "", ""),
        message,
        expected,
        scope.equals(ObjectStore.SYSTEM)
            ? "mend it in /etc/bitbuilder/host.yaml"
            : "mend the tenant's entry in the registry of the system repository");
  }
}
