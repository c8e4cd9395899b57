package io.bitbuilder.hypervisor.injection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.diagnostic.Span;
import io.bitbuilder.hypervisor.discovery.DocumentKind;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.MapOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Type;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Every hostile text where the model wants a list or a mapping, and every hostile key where it
 * knows all keys: refused at the text, shortly.
 */
class InjectedTypesTest {
  /** The lists and mappings of the model, by where they are. */
  private static SortedMap<String, Type<?>> collections() {
    SortedMap<String, Type<?>> found = new TreeMap<>();
    DocumentKind.all().forEach(kind -> find(kind.name() + "#", kind.shape(), found));
    return found;
  }

  private static void find(String at, Type<?> type, Map<String, Type<?>> found) {
    switch (type) {
      case Scalar<?> _ -> {}
      case ListOf<?> list -> {
        found.put(at, list);
        find(at + "/*", list.item(), found);
      }
      case MapOf<?> map -> {
        found.put(at, map);
        find(at + "/{}", map.value(), found);
      }
      case Shape shape -> {
        found.put(at, shape);
        for (Key<?> key : shape.keys()) {
          find(at + "/" + key.name(), key.type(), found);
        }
      }
    }
  }

  @Test
  void aTextIsNoListAndNoMapping() {
    SortedMap<String, Type<?>> collections = collections();
    assertThat(collections).hasSizeGreaterThan(90);
    collections.forEach((place, type) -> {
      for (Injection injection : Injection.all()) {
        refused(place, type, injection, injection.written(), 1);
        refused(place, type, injection, "{" + injection.written() + ": x}", 2);
      }
    });
  }

  private static void refused(
      String place, Type<?> type, Injection injection, String written, int column) {
    boolean key = written.startsWith("{") && !written.equals(injection.written());
    if (key && !(type instanceof Shape)) {
      return;
    }
    String where = place + " × " + injection.name();
    Report report = new Report();
    Optional<Document> document =
        Document.read(new Document.Source("acme", "", "x"), written.getBytes(UTF_8), report);
    document.ifPresent(read -> type.read(read.root(), new Reading(read, report)));
    boolean nothing = !key && written.matches("|null|~");
    assertThat(report.hasErrors() || nothing).as(where).isTrue();
    assertThat(Refusal.fault(report.sorted())).as(where).isEmpty();
    if (!nothing) {
      Span at = new Span(1, column, 1);
      assertThat(Refusal.isAt(report.sorted(), "x", at, 0, written.length())).as(where).isTrue();
    }
  }
}
