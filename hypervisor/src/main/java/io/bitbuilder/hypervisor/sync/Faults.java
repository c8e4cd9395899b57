package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;

/** Turns what went wrong while fetching into what the operator is told. */
final class Faults {
  private static final int DEPTH = 20;

  private Faults() {}

  /** What a failure of one operation means. */
  static Result.Failed of(Throwable thrown, Source source, Limits limits) {
    for (Throwable cause : chain(thrown)) {
      Optional<Result.Failed> known = known(cause, source, limits);
      if (known.isPresent()) {
        return known.get();
      }
    }
    return source.protocol() == Source.Protocol.FILE
        ? unreachable("the repository is damaged: " + Quote.escape(innermost(thrown)), mend(source))
        : unreachable(Quote.escape(innermost(thrown)), help(source));
  }

  /** What libraries wrap around a cause tells an operator nothing; the cause itself does. */
  private static String innermost(Throwable thrown) {
    Throwable cause = chain(thrown).getLast();
    String message = cause.getMessage();
    return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
  }

  /** Whether it may go better with more memory. */
  static boolean isForWantOfMemory(Throwable thrown) {
    return chain(thrown).stream()
        .anyMatch(cause ->
            cause instanceof OutOfMemoryError
                || cause instanceof TooLargeObjectInPackException
                || cause instanceof LargeObjectException);
  }

  /** Whether the server, not this repository alone, is out of reach. */
  static boolean isServerDown(Throwable thrown) {
    for (Throwable cause : chain(thrown)) {
      if (cause instanceof ConnectException
          || cause instanceof NoRouteToHostException
          || cause instanceof UnknownHostException
          || (cause instanceof SocketTimeoutException
              && String.valueOf(cause.getMessage()).contains("onnect"))) {
        return true;
      }
    }
    return false;
  }

  static Result.Failed unreachable(String message, String help) {
    return new Result.Failed(Code.BB501, message, "", help, "", true);
  }

  static Result.Failed limit(String message, String expected, String offered) {
    return new Result.Failed(
        Code.BB504,
        message,
        expected,
        "keep large files out of the repository, or rewrite it under a new tenant",
        offered,
        true);
  }

  private static Optional<Result.Failed> known(Throwable cause, Source source, Limits limits) {
    return Optional.ofNullable(
        switch (cause) {
          case LimitExceeded limit -> limit(limit.getMessage() + "", limit.allowed(), "");
          case TooLargeObjectInPackException _, LargeObjectException _ ->
              limit("an object is too large", "at most " + limits.blobBytes() + " bytes", "");
          case OutOfMemoryError _ ->
              limit("unpacking it needs more memory than there is", "smaller objects", "");
          case Credentials.Unusable unusable ->
              new Result.Failed(
                  Code.BB507,
                  unusable.getMessage() + "",
                  "",
                  "systemd-creds encrypt - /etc/credstore.encrypted/bitbuilder."
                      + source.credential(),
                  "",
                  true);
          case Web.Redirected redirected ->
              new Result.Failed(
                  Code.BB505,
                  redirected.getMessage() + "",
                  "an answer from " + source.endpoint(),
                  "write the new address where the old one is, if you trust it",
                  "",
                  true);
          case TimeoutException _, SocketTimeoutException _, InterruptedIOException _ ->
              unreachable(
                  "no complete answer within " + limits.timeout().toSeconds() + " s", help(source));
          case UnknownHostException _ ->
              unreachable("host " + Quote.quote(host(source)) + " has no address", help(source));
          case ConnectException _, NoRouteToHostException _ ->
              unreachable(Quote.quote(host(source)) + " does not answer", help(source));
          case SSLException ssl ->
              unreachable(
                  "the server is not trusted: " + Quote.escape(String.valueOf(ssl.getMessage())),
                  "add its authority with update-ca-certificates(8)");
          case Broken broken ->
              unreachable("the repository is damaged: " + broken.getMessage(), mend(source));
          case CorruptObjectException corrupt ->
              unreachable(
                  "objects are damaged: " + Quote.escape(String.valueOf(corrupt.getMessage())),
                  mend(source));
          case MissingObjectException missing ->
              unreachable(
                  "objects are missing: " + Quote.escape(String.valueOf(missing.getMessage())),
                  mend(source));
          case AccessDeniedException _ ->
              unreachable(
                  "user bitbuilder-fetch may not read it", "let that user read the repository");
          case NoSuchFileException _ -> unreachable("no repository is there", help(source));
          default -> null;
        });
  }

  private static String help(Source source) {
    return source.protocol() == Source.Protocol.FILE
        ? "ls -ld " + Quote.escape(String.valueOf(source.address().getPath()))
        : "git ls-remote " + Quote.escape(source.url());
  }

  /** A damaged repository is mended where it lies. */
  static String mend(Source source) {
    String where =
        source.protocol() == Source.Protocol.FILE
            ? "`git -C " + Quote.escape(String.valueOf(source.address().getPath())) + " fsck`"
            : "`git fsck` on its server";
    return where + " names what is lost; restore it, or push it from a clone that has it";
  }

  private static String host(Source source) {
    return String.valueOf(source.address().getHost());
  }

  /** The causes from the outermost in; a chain that bites its tail ends somewhere. */
  private static List<Throwable> chain(Throwable thrown) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable cause = thrown;
        cause != null && chain.size() < DEPTH;
        cause = cause.getCause()) {
      chain.add(cause);
    }
    return chain;
  }
}
