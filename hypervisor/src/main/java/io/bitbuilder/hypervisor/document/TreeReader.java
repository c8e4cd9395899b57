package io.bitbuilder.hypervisor.document;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.diagnostic.Span;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Builds the tree from the events of the YAML library, in one pass. Building it ourselves is what
 * lets us refuse aliases before they multiply, stop at the depth limit, and see duplicate keys.
 */
final class TreeReader {
  /** Characters of a file for which the settings are made once. */
  private static final int SMALL = 4096;

  private static final LoadSettings FOR_SMALL = settings(SMALL);

  private final Document.Source source;
  private final String text;
  private final Report report;
  private final ParserImpl parser;
  private boolean failed;

  TreeReader(Document.Source source, String text, Report report) {
    this.source = source;
    this.text = text;
    this.report = report;
    LoadSettings settings = text.length() < SMALL ? FOR_SMALL : settings(text.length() + 1);
    this.parser = new ParserImpl(settings, new StreamReader(settings, text));
  }

  /**
   * Settings with one buffer for a whole file: the library copies what it has for each further one,
   * so that a long word would cost the square of its length.
   */
  private static LoadSettings settings(int buffer) {
    return LoadSettings.builder()
        .setUseMarks(true)
        .setCodePointLimit(Integer.MAX_VALUE)
        .setBufferSize(buffer)
        .build();
  }

  /** Stops reading where going on would only produce follow-on findings. */
  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stop() {
      super(null, null, false, false);
    }
  }

  /** The value of the file, or null when findings were reported. */
  @Nullable Node read() {
    Node root = null;
    try {
      root = document();
    } catch (Stop _) {
      failed = true;
    } catch (MarkedYamlEngineException e) {
      Span at = e.getProblemMark().map(TreeReader::start).orElse(Span.START);
      syntax(at, String.valueOf(e.getProblem()));
    } catch (ReaderException e) {
      Span at = Document.endOf(text.substring(0, text.offsetByCodePoints(0, position(e))));
      error(
          Code.BB101,
          at,
          "",
          "character " + Quote.quote(Character.toString(e.getCodePoint())) + " is not allowed",
          "printable text",
          "");
    } catch (YamlEngineException e) {
      syntax(Span.START, String.valueOf(e.getMessage()));
    }
    return failed ? null : root;
  }

  private int position(ReaderException e) {
    return Math.clamp(e.getPosition(), 0, text.codePointCount(0, text.length()));
  }

  private void syntax(Span at, String problem) {
    String help = "";
    if (problem.contains("'\\t")) {
      help = "indent with spaces; YAML allows no tabs there";
    } else if (problem.startsWith("expected ','")) {
      help = "put a comma between two entries, and close what was opened";
    }
    error(Code.BB101, at, "", "not valid YAML: " + Quote.escape(problem), "", help);
  }

  private Node document() {
    parser.next(); // stream start
    Event event = parser.next();
    if (!(event instanceof DocumentStartEvent start)) {
      return new Node.Entries(null, "", Span.START);
    }
    if (start.getSpecVersion().isPresent() || !start.getTags().isEmpty()) {
      refuse(event, "", "a YAML directive", "remove the line that starts with %");
    }
    Node root = node(parser.next(), null, "", 1);
    parser.next(); // document end
    event = parser.next();
    if (event instanceof DocumentStartEvent) {
      refuse(event, "", "a second document", "move it to a file of its own");
    }
    boolean empty = root instanceof Node.Scalar scalar && scalar.isNull();
    return empty ? new Node.Entries(null, "", root.span()) : root;
  }

  private Node node(Event event, @Nullable Node parent, String step, int depth) {
    return switch (event) {
      case ScalarEvent scalar -> {
        checkProperties(scalar, scalar.getTag(), parent, step);
        yield new Node.Scalar(parent, step, span(event), scalar.getValue(), scalar.isPlain());
      }
      case CollectionStartEvent collection -> {
        checkProperties(collection, collection.getTag(), parent, step);
        if (depth > Document.DEPTH_LIMIT) {
          throw error(
              Code.BB103,
              start(event),
              "",
              "more than " + Document.DEPTH_LIMIT + " levels of lists and mappings",
              "at most " + Document.DEPTH_LIMIT + " levels",
              "");
        }
        yield collection instanceof MappingStartEvent
            ? entries(new Node.Entries(parent, step, start(event)), depth)
            : items(new Node.Items(parent, step, start(event)), depth);
      }
      case AliasEvent _ ->
          throw refuse(event, at(parent, step), "an alias", "write the value out where it is used");
      default -> throw new IllegalStateException("unexpected event " + event.getEventId());
    };
  }

  private Node items(Node.Items list, int depth) {
    int index = 0;
    for (Event event = parser.next();
        event.getEventId() != Event.ID.SequenceEnd;
        event = parser.next()) {
      list.add(node(event, list, Integer.toString(index++), depth + 1));
    }
    return list;
  }

  private Node entries(Node.Entries mapping, int depth) {
    for (Event event = parser.next();
        event.getEventId() != Event.ID.MappingEnd;
        event = parser.next()) {
      String key = key(event, mapping);
      Span at = span(event);
      Node value = node(parser.next(), mapping, key, depth + 1);
      Node.Entry before = mapping.entries().get(key);
      if (before == null) {
        mapping.put(key, new Node.Entry(at, value));
      } else {
        duplicate(mapping.pointer(key), key, at, before.key());
      }
    }
    return mapping;
  }

  private String key(Event event, Node.Entries mapping) {
    if (event instanceof AliasEvent) {
      throw refuse(event, mapping.pointer(), "an alias", "write the key out");
    }
    if (!(event instanceof ScalarEvent scalar)) {
      throw refuse(event, mapping.pointer(), "a list or mapping as a key", "write a text as key");
    }
    String key = scalar.getValue();
    if (key.length() > Document.KEY_LIMIT) {
      throw error(
          Code.BB103,
          start(event),
          mapping.pointer(),
          "a key of " + key.codePointCount(0, key.length()) + " characters",
          "at most " + Document.KEY_LIMIT + " characters",
          "");
    }
    checkProperties(scalar, scalar.getTag(), mapping, key);
    if (scalar.isPlain() && key.equals("<<")) {
      throw refuse(event, mapping.pointer(key), "a merge key", "write the keys out");
    }
    return key;
  }

  private void duplicate(String pointer, String key, Span at, Span first) {
    failed = true;
    report.add(
        new Diagnostic(
            Code.BB102,
            "duplicate key " + Quote.quote(key),
            location(at, pointer),
            "every key once",
            "remove one of the two",
            List.of(new Diagnostic.Note("first written at", location(first, pointer)))));
  }

  private static String at(@Nullable Node parent, String step) {
    return parent == null ? "" : parent.pointer(step);
  }

  private void checkProperties(
      NodeEvent event, Optional<String> tag, @Nullable Node parent, String step) {
    if (event.getAnchor().isPresent()) {
      throw refuse(event, at(parent, step), "an anchor", "remove the & and the name behind it");
    }
    if (tag.isPresent()) {
      throw refuse(event, at(parent, step), "a tag", "remove the ! and the name behind it");
    }
  }

  private Stop refuse(Event event, String pointer, String what, String help) {
    return error(
        Code.BB105, start(event), pointer, what + " is not allowed here", "plain YAML", help);
  }

  private Stop error(
      Code code, Span at, String pointer, String message, String expected, String help) {
    failed = true;
    report.add(code, location(at, pointer), message, expected, help);
    return new Stop();
  }

  private Location location(Span at, String pointer) {
    return Document.location(source, text, at, pointer);
  }

  private static Span start(Event event) {
    return event.getStartMark().map(TreeReader::start).orElse(Span.START);
  }

  private static Span start(Mark mark) {
    return new Span(mark.getLine() + 1, mark.getColumn() + 1, 1);
  }

  /** The whole of a scalar on one line; the first character of one that goes on. */
  private static Span span(Event event) {
    Mark from = event.getStartMark().orElse(null);
    Mark to = event.getEndMark().orElse(null);
    if (from == null || to == null) {
      return Span.START;
    }
    int length = from.getLine() == to.getLine() ? to.getColumn() - from.getColumn() : 1;
    return new Span(from.getLine() + 1, from.getColumn() + 1, Math.max(1, length));
  }
}
