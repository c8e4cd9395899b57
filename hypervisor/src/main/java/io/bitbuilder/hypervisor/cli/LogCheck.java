package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.LedgerCheck;
import io.bitbuilder.hypervisor.generation.LedgerHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code bitbuilder log --verify} and {@code --export}: the audit trail as evidence. */
final class LogCheck {
  private LogCheck() {}

  /** Whether the command line asks for either. */
  static boolean isAsked(Arguments arguments) {
    return arguments.has("verify") || arguments.has("export") || arguments.has("head");
  }

  /** Does what is asked. */
  static int run(Arguments arguments, Context context) throws IOException {
    boolean verify = arguments.has("verify");
    boolean export = arguments.has("export");
    Optional<String> wrong =
        verify && export
            ? Optional.of("--verify and --export exclude each other")
            : !verify && arguments.has("head")
                ? Optional.of("--head is only for --verify")
                : arguments.has("lines")
                    ? Optional.of("--lines is not for --verify and --export")
                    : export && (arguments.word(0).isPresent() || arguments.json())
                        ? Optional.of("--export prints all lines as they are")
                        : Optional.empty();
    if (wrong.isPresent()) {
      return context.fail(ExitStatus.USAGE, wrong.get(), "see `bitbuilder help log`");
    }
    AuditLog log = new AuditLog(context.state());
    if (export) {
      byte[] lines = log.export();
      context.output().out().write(lines, 0, lines.length);
      return ExitStatus.DONE;
    }
    Optional<String> head = arguments.option("head");
    if (head.isPresent() && !LedgerHead.isHash(head.get())) {
      return context.fail(
          ExitStatus.USAGE,
          "--head cannot be " + Quote.quote(head.get()),
          "use 64 hexadecimal digits, as --verify shows them");
    }
    Optional<String> file = arguments.word(0);
    if (file.isEmpty()) {
      return said(log.check(head), arguments, context);
    }
    String shown = Quote.escape(file.get(), 400);
    try {
      byte[] lines = Files.readAllBytes(Path.of(file.get()));
      return said(LedgerCheck.exported(shown, lines, head), arguments, context);
    } catch (NoSuchFileException _) {
      return context.fail(
          ExitStatus.USAGE, shown + " does not exist", "name a file that --export printed");
    }
  }

  private static int said(LedgerCheck.Result result, Arguments arguments, Context context) {
    if (arguments.json()) {
      context.output().json(json(result));
    } else {
      print(result, context);
    }
    return result.fault().isEmpty() ? ExitStatus.DONE : ExitStatus.UNVERIFIED;
  }

  private static void print(LedgerCheck.Result result, Context context) {
    Output output = context.output();
    if (result.fault().isPresent()) {
      LedgerCheck.Fault fault = result.fault().get();
      String place = fault.line() == 0 ? fault.file() : fault.file() + ":" + fault.line();
      output.error(
          place + ": " + fault.message(),
          "compare with BITBUILDER_LEDGER_HASH in the journal, and with what was exported before");
      return;
    }
    if (result.entries() == 0) {
      output.line("no entries");
    } else {
      long first = result.before().number() + 1;
      output.line(
          result.entries()
              + (result.entries() == 1 ? " entry" : " entries")
              + ", from number "
              + first
              + " on, unchanged");
      output.line("head: " + result.head().number() + " " + result.head().sha256());
      if (first > 1) {
        output.line("before: " + result.before().number() + " " + result.before().sha256());
      }
    }
    result
        .after()
        .ifPresent(after -> output.line("the expected line is there, " + after + " after it"));
    if (result.unchained() > 0) {
      output.line("lines of an earlier version, which nothing vouches for: " + result.unchained());
    }
    if (result.torn() > 0) {
      output.line("lines cut short by a power loss: " + result.torn());
    }
    if (result.behind()) {
      output.line("ledger.json does not know the newest entry yet");
    }
  }

  private static Map<String, Object> json(LedgerCheck.Result result) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("valid", result.fault().isEmpty());
    value.put("entries", result.entries());
    value.put("before", json(result.before()));
    value.put("head", json(result.head()));
    value.put("unchained", result.unchained());
    value.put("torn", result.torn());
    value.put("behind", result.behind());
    result.after().ifPresent(after -> value.put("afterExpected", after));
    result
        .fault()
        .ifPresent(fault -> {
          Map<String, Object> what = new LinkedHashMap<>();
          what.put("file", fault.file());
          what.put("line", (long) fault.line());
          what.put("message", fault.message());
          value.put("fault", what);
        });
    return value;
  }

  private static Map<String, Object> json(LedgerHead place) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("number", place.number());
    value.put("sha256", place.sha256());
    return value;
  }
}
