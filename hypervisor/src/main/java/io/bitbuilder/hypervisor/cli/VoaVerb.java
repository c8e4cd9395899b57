package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.voa.Import;
import io.bitbuilder.hypervisor.voa.LoadPath;
import io.bitbuilder.hypervisor.voa.LoadPaths;
import io.bitbuilder.hypervisor.voa.Lookup;
import io.bitbuilder.hypervisor.voa.Technology;
import io.bitbuilder.hypervisor.voa.VerifierFile;
import io.bitbuilder.hypervisor.voa.Voa;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code bitbuilder voa}: which certificates and keys count, and for what. */
final class VoaVerb implements Verb {
  private static final String LIST = "list";
  private static final String IMPORT = "import";
  private static final String MASK = "mask";
  private static final String VERIFY = "verify";

  private static final List<String> DESCRIPTION =
      List.of(
          "Certificates and keys lie in /etc/voa, /run/voa, /usr/local/share/voa and"
              + " /usr/share/voa, in directories OS/PURPOSE/CONTEXT/TECHNOLOGY, as UAPI.11 (file"
              + " hierarchy for the verification of OS artifacts) has them. The os of this"
              + " product is bitbuilder; its purposes are image, extension and git-commit, the"
              + " last with the id of a tenant, or system, as context; its technologies openpgp"
              + " and ssh.",
          "list shows what counts. A certificate of OpenPGP counts with all its copies, so that"
              + " it is revoked when one of them says so; of an SSH key the copy of highest"
              + " priority. What breaks a rule is a warning. --explain shows where was looked, in"
              + " order, and of every file whether it is taken, shadowed, masked or ignored, and"
              + " why.",
          "import puts a certificate or a public key into /etc/voa under the name the rules"
              + " demand, or with --runtime into /run/voa, where it is until the next boot. A"
              + " file of that name with other content is not touched, and private keys are"
              + " refused.",
          "mask makes that the verifiers with these file names count in no load path, for this"
              + " purpose and context, whoever put them there. To undo it, remove the link.",
          "verify says whether a detached signature of a file is by one of the keys that count"
              + " for this purpose and context, by which, and when; the status is 4 when it is"
              + " not. A signature of OpenPGP may be armored or binary. One of SSH has to be made"
              + " in the namespace PURPOSE/CONTEXT, that is `ssh-keygen -Y sign -n"
              + " image/default`, or git for git-commit, unless --namespace says otherwise.");

  /** Options of some commands only. */
  private static final Map<String, Set<String>> ONLY =
      Map.of(
          "explain",
          Set.of(LIST),
          "runtime",
          Set.of(IMPORT, MASK),
          "signature",
          Set.of(VERIFY),
          "namespace",
          Set.of(VERIFY));

  @Override
  public Declaration declaration() {
    return new Declaration(
        "voa",
        "see and add the keys that images, extensions and commits are verified with",
        DESCRIPTION,
        List.of(
            Declaration.Word.choice("COMMAND", List.of(LIST, IMPORT, MASK, VERIFY), "what to do"),
            new Declaration.Word(
                "FILE",
                Declaration.Kind.FILE,
                false,
                true,
                List.of(),
                "import, verify: one file; mask: names as list shows them")),
        List.of(
            Declaration.Option.values(
                "os", "OS", "of this os; may be repeated for list; bitbuilder by default"),
            Declaration.Option.value(
                "purpose", "PURPOSE", "for this purpose; list shows all by default"),
            Declaration.Option.value(
                "context", "CONTEXT", "in this context; all for list, otherwise default"),
            Declaration.Option.value(
                "technology", "NAME", "openpgp or ssh; otherwise what the file is of"),
            Declaration.Option.flag(
                "user", "", "the user's load paths ($XDG_CONFIG_HOME/voa and so on)"),
            Declaration.Option.flag("runtime", "", "import, mask: until the next boot"),
            Declaration.Option.value("signature", "FILE", "verify: the signature"),
            Declaration.Option.value(
                "namespace", "NAME", "verify: what a signature of SSH must be made for"),
            Declaration.Option.flag("explain", "", "list: also where was looked, and why")),
        List.of(
            new Declaration.Example("bitbuilder voa list", "all that counts"),
            new Declaration.Example(
                "bitbuilder voa list --purpose=image --explain", "why a key does not count"),
            new Declaration.Example(
                "bitbuilder voa import release.asc --purpose=image", "trust images signed by it"),
            new Declaration.Example(
                "bitbuilder voa import ann.pub --purpose=git-commit --context=acme",
                "trust commits of tenant acme signed by it"),
            new Declaration.Example(
                "bitbuilder voa verify x.raw --signature=x.raw.asc --purpose=image",
                "whether somebody signed it who may sign images")),
        Declaration.Group.CHANGE,
        List.of(
            "voa list [OPTION...]",
            "voa import [OPTION...] FILE --purpose=PURPOSE",
            "voa mask [OPTION...] NAME... --purpose=PURPOSE",
            "voa verify [OPTION...] FILE --signature=FILE --purpose=PURPOSE"));
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    String command = arguments.word(0).orElseThrow();
    for (Map.Entry<String, Set<String>> only : ONLY.entrySet()) {
      if (arguments.has(only.getKey()) && !only.getValue().contains(command)) {
        return context.fail(
            ExitStatus.USAGE,
            "--" + only.getKey() + " is not for `bitbuilder voa " + command + "`",
            "see `bitbuilder help voa`");
      }
    }
    LoadPaths paths =
        arguments.has("user")
            ? LoadPaths.user(context.root(), context.environment())
            : LoadPaths.system(context.root());
    return switch (VoaScope.of(arguments)) {
      case VoaScope.Result.Wrong(var message, var help) ->
          context.fail(ExitStatus.USAGE, message, help);
      case VoaScope.Result.Asked(var scope) ->
          switch (command) {
            case IMPORT -> add(arguments, scope, paths, context);
            case MASK -> mask(arguments, scope, paths, context);
            case VERIFY -> new VoaVerify(scope, paths, context).run(arguments);
            default -> new VoaList(new Voa(paths), scope, context).run(arguments);
          };
    };
  }

  private static int add(Arguments arguments, VoaScope scope, LoadPaths paths, Context context)
      throws IOException {
    List<String> files = arguments.words().subList(1, arguments.words().size());
    Optional<String> wrong = wrong(scope, files.size() == 1, "one file");
    Optional<LoadPath> into = paths.writable(arguments.has("runtime"));
    if (wrong.isPresent() || into.isEmpty()) {
      return noPlace(wrong, "bitbuilder voa import FILE --purpose=PURPOSE", context);
    }
    VerifierFile.Result read;
    try {
      read = VerifierFile.read(Path.of(files.getFirst()));
    } catch (NoSuchFileException _) {
      read = new VerifierFile.Result.Refused("does not exist");
    }
    if (read instanceof VerifierFile.Result.Refused(var sentence)) {
      return context.fail(
          ExitStatus.USAGE,
          Quote.escape(files.getFirst(), 400) + " " + sentence,
          "import an OpenPGP certificate (`gpg --armor --export`) or a public key of OpenSSH");
    }
    VerifierFile file = ((VerifierFile.Result.Recognised) read).file();
    if (!scope.technology().orElse(file.technology()).equals(file.technology())) {
      return context.fail(
          ExitStatus.USAGE,
          Quote.escape(files.getFirst(), 400) + " is of " + file.technology(),
          "use --technology=" + file.technology());
    }
    Import.Outcome outcome =
        new Import(paths, into.get())
            .put(
                scope.oses().getFirst(),
                scope.purpose().orElseThrow(),
                scope.contextOrDefault(),
                file);
    List<Done> done = new ArrayList<>();
    int status = said(outcome, file.name(), done, context);
    print(done, arguments, context);
    if (!done.isEmpty() && !arguments.json()) {
      next(done.getFirst().path(), scope, file.technology(), paths, context);
    }
    return status;
  }

  /** Says what keeps an imported file from counting, or what to look at next. */
  private static void next(
      Path path, VoaScope scope, Technology technology, LoadPaths paths, Context context) {
    Lookup lookup =
        new Voa(paths)
            .lookup(
                scope.oses(), scope.purpose().orElseThrow(), scope.contextOrDefault(), technology);
    for (Lookup.LookedAt file : lookup.files()) {
      if (file.path().equals(path) && !(file.fate() instanceof Lookup.Fate.Taken)) {
        NetworkVerb.notes(List.of("it does not count: " + VoaList.text(file)), context.output());
        return;
      }
    }
    context
        .output()
        .hint(
            "see `bitbuilder voa list --purpose="
                + scope.purpose().orElseThrow()
                + " --context="
                + scope.contextOrDefault()
                + "`");
  }

  private static int mask(Arguments arguments, VoaScope scope, LoadPaths paths, Context context)
      throws IOException {
    List<String> names = arguments.words().subList(1, arguments.words().size());
    Optional<String> wrong = wrong(scope, !names.isEmpty(), "one name or more");
    Optional<LoadPath> into = paths.writable(arguments.has("runtime"));
    if (wrong.isPresent() || into.isEmpty()) {
      return noPlace(wrong, "bitbuilder voa mask NAME --purpose=PURPOSE", context);
    }
    List<Done> done = new ArrayList<>();
    int status = ExitStatus.DONE;
    for (String name : names) {
      Technology technology =
          scope.technology().orElse(name.endsWith(".pub") ? Technology.SSH : Technology.OPENPGP);
      Import.Outcome outcome =
          new Import(paths, into.get())
              .mask(
                  scope.oses().getFirst(),
                  scope.purpose().orElseThrow(),
                  scope.contextOrDefault(),
                  technology,
                  name);
      status = Math.max(status, said(outcome, name, done, context));
    }
    print(done, arguments, context);
    return status;
  }

  /** What was written, or was there. */
  private record Done(String name, Path path, boolean changed) {}

  private static int said(Import.Outcome outcome, String name, List<Done> done, Context context) {
    return switch (outcome) {
      case Import.Outcome.Written(var path) -> {
        done.add(new Done(name, path, true));
        yield ExitStatus.DONE;
      }
      case Import.Outcome.Unchanged(var path) -> {
        done.add(new Done(name, path, false));
        yield ExitStatus.DONE;
      }
      case Import.Outcome.Refused(var sentence, var help) ->
          context.fail(ExitStatus.USAGE, sentence, help);
    };
  }

  private static void print(List<Done> done, Arguments arguments, Context context) {
    if (!arguments.json()) {
      done.forEach(one ->
          context
              .output()
              .line(
                  Quote.escape(one.path().toString(), 400)
                      + (one.changed() ? "" : " (was there)")));
      return;
    }
    List<Map<String, Object>> files = new ArrayList<>();
    for (Done one : done) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("name", one.name());
      value.put("path", one.path().toString());
      value.put("changed", one.changed());
      files.add(value);
    }
    context.output().json(Map.of("files", files));
  }

  private static Optional<String> wrong(VoaScope scope, boolean words, String wanted) {
    return scope.purpose().isEmpty()
        ? Optional.of("--purpose is missing")
        : scope.oses().size() > 1
            ? Optional.of("a verifier is of one os")
            : words ? Optional.empty() : Optional.of("it takes " + wanted);
  }

  private static int noPlace(Optional<String> wrong, String usage, Context context) {
    return context.fail(
        ExitStatus.USAGE,
        wrong.orElse("there is no such load path: HOME or XDG_RUNTIME_DIR is not set"),
        wrong.isPresent() ? "usage: " + usage : "");
  }
}
