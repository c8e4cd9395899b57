package io.bitbuilder.hypervisor.voa;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.nio.file.Path;

/**
 * Something in a load path that does not count.
 *
 * @param path of the host, not escaped
 * @param rule what it breaks
 * @param sentence for people, about the path; escaped, without a final stop
 */
public record Warning(Path path, Rule rule, String sentence) {
  /** In one line, escaped. */
  public String text() {
    return Quote.escape(path.toString(), 400) + ": " + sentence;
  }
}
