package io.bitbuilder.hypervisor.injection;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A hostile text and how it is written into a document.
 *
 * @param name in messages and in the list of what is accepted
 * @param text what it is once it is read
 * @param written as a scalar of YAML or JSON
 */
record Injection(String name, String text, String written) {
  private static final int LARGE = 64 << 10;

  /** Texts that hold in any quoting, by a name. */
  private static final List<List<String>> TEXTS =
      List.of(
          List.of("line feed", "\n"),
          List.of("carriage return", "\r"),
          List.of("CRLF and a setting", "\r\n[Service]\nExecStart=/bin/evil"),
          List.of("a line and a setting", "x\n[Service]\nExecStartPre=/bin/touch /canary"),
          List.of("two lines", "a\nb"),
          List.of("vertical tab", "a\u000bb"),
          List.of("trailing backslash", "word\\"),
          List.of("backslash", "\\"),
          List.of("escaped line feed", "\\x0a"),
          List.of("escaped letters", "a\\nb\\tc\\s"),
          List.of("specifiers", "%n %i %h %%"),
          List.of("specifier", "%h"),
          List.of("lone percent", "100%"),
          List.of("variables", "$HOME ${HOME} $$"),
          List.of("variable", "${IFS}"),
          List.of("double quote", "\""),
          List.of("single quote", "'"),
          List.of("unbalanced quotes", "\"a 'b"),
          List.of("quoted words", "\"a b\" 'c d'"),
          List.of("semicolon", ";"),
          List.of("second command", " ; /bin/evil"),
          List.of("dash", "-"),
          List.of("option", "--property=X"),
          List.of("short option", "-x"),
          List.of("end of options", "--"),
          List.of("bind", "--bind=/:/h"),
          List.of("at", "@evil"),
          List.of("plus", "+evil"),
          List.of("exclamation", "!evil"),
          List.of("colon", ":evil"),
          List.of("pipe", "|evil"),
          List.of("leading space", " word"),
          List.of("trailing space", "word "),
          List.of("space", " "),
          List.of("words", "two words"),
          List.of("tab", "a\tb"),
          List.of("comment", "# evil"),
          List.of("section", "[Section]"),
          List.of("assignment", "KEY=value"),
          List.of("line separator", "a\u2028b"),
          List.of("paragraph separator", "a\u2029b"),
          List.of("next line", "a\u0085b"),
          List.of("no-break space", "a\u00a0b"),
          List.of("right to left", "a\u202eb"),
          List.of("isolate", "a\u2066b"),
          List.of("zero width space", "a\u200bb"),
          List.of("byte order mark", "\ufeffa"),
          List.of("high surrogate", "a\ud800b"),
          List.of("low surrogate", "a\udc00b"),
          List.of("noncharacter", "a\uffffb"),
          List.of("NUL", "a\0b"),
          List.of("escape sequence", "\u001b[31mred\u001b]0;title\u0007"),
          List.of("C1 sequence", "\u009b31m"),
          List.of("delete", "a\u007fb"),
          List.of("64 KB", "x".repeat(LARGE)),
          List.of("64 KB of percent", "%".repeat(LARGE)),
          List.of("64 KB of spaces", " ".repeat(LARGE)),
          List.of("empty", ""),
          List.of("climb", "../../etc"),
          List.of("absolute", "/absolute"),
          List.of("home", "~"),
          List.of("slash", "a/b"),
          List.of("dot", "."),
          List.of("dots", ".."),
          List.of("composed", "caf\u00e9"),
          List.of("decomposed", "cafe\u0301"),
          List.of("backticks", "`id`"),
          List.of("substitution", "$(id)"),
          List.of("template", "{{ 7*7 }}"),
          List.of("template block", "{% raw %}"),
          List.of("variable of templates", "@tenant@"),
          List.of("homoglyph", "\u0430cme"),
          List.of("IDN", "xn--80ak6aa92e"),
          List.of("astral", "\ud83d\udca9"),
          List.of("Arabic digits", "\u0661\u0662"),
          List.of("glob", "*?[a]"),
          List.of("redirect", "> /canary"),
          List.of("markup", "<script>alert(1)</script>"),
          List.of("JSON", "\",\"evil\":\""),
          List.of("nft", "\" accept comment \""));

  private static final Set<String> BEHIND =
      Set.of(
          "line feed",
          "carriage return",
          "CRLF and a setting",
          "trailing backslash",
          "escaped line feed",
          "specifier",
          "variable",
          "double quote",
          "single quote",
          "semicolon",
          "second command",
          "short option",
          "bind",
          "at",
          "plus",
          "colon",
          "space",
          "words",
          "tab",
          "section",
          "assignment",
          "line separator",
          "next line",
          "no-break space",
          "right to left",
          "byte order mark",
          "high surrogate",
          "NUL",
          "escape sequence",
          "climb",
          "absolute",
          "dots",
          "decomposed",
          "substitution",
          "JSON");

  /** What means something to YAML unless it is in quotes. */
  private static final List<String> PLAIN =
      List.of(
          "!!java.lang.Runtime x",
          "!!javax.script.ScriptEngineManager",
          "*alias",
          "&anchor x",
          "1e999",
          "0x7fffffffffffffff",
          "18446744073709551616",
          "9".repeat(400),
          "9".repeat(LARGE),
          "1e" + "9".repeat(LARGE),
          ".nan",
          ".inf",
          "0o17",
          "~",
          "null",
          "yes",
          "2026-11-27",
          "12:30:45",
          "<<");

  /** All of them on their own, in quotes and, where that differs, not. */
  static List<Injection> all() {
    List<Injection> all = new ArrayList<>();
    for (List<String> one : TEXTS) {
      all.add(quoted(one.getFirst(), one.getLast()));
      if (one.getLast().chars().anyMatch(c -> c > 0x7f) && isAsItIs(one.getLast())) {
        all.add(new Injection(one.getFirst() + " as it is", one.getLast(), raw(one.getLast())));
      }
    }
    for (String text : PLAIN) {
      String shown = text.length() > 40 ? text.substring(0, 6) + "… " + text.length() : text;
      all.add(new Injection("plain " + shown, text, text));
    }
    return all;
  }

  /** Those that end, divide or quote something, behind a text that is right as far as it goes. */
  static List<Injection> behind(String right) {
    List<Injection> all = new ArrayList<>();
    for (List<String> one : TEXTS) {
      if (BEHIND.contains(one.getFirst())) {
        all.add(quoted("… " + one.getFirst(), right + one.getLast()));
      }
    }
    return all;
  }

  /** Those that can be the name of a file in a tree of Git. */
  static List<Injection> names() {
    List<Injection> all = new ArrayList<>();
    for (List<String> one : TEXTS) {
      String text = one.getLast();
      boolean encoded = text.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
      if (encoded && !text.isEmpty() && text.indexOf('/') < 0 && text.indexOf('\0') < 0) {
        all.add(quoted(one.getFirst(), text));
      }
    }
    return all;
  }

  private static Injection quoted(String name, String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c >= ' ' && c < 0x7f) {
        out.append(c);
      } else {
        out.append(String.format("\\u%04x", (int) c));
      }
    }
    return new Injection(name, text, out.append('"').toString());
  }

  private static String raw(String text) {
    return '"' + text + '"';
  }

  private static boolean isAsItIs(String text) {
    return text.codePoints().noneMatch(c -> c < ' ' || (c >= 0xd800 && c <= 0xdfff));
  }
}
