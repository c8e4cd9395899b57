package io.bitbuilder.testbed.matrix;

import io.bitbuilder.testbed.Host;
import java.util.List;

/**
 * A network namespace in which somebody listens, and from which is sent.
 *
 * @param name unique, made of letters, digits, dot and dash
 * @param host the host it is on
 * @param entry how to get there: {@code machine NAME}, {@code netns NAME}, or {@code here}
 * @param mode {@code packets} or {@code stack}, see probe.py
 * @param links the interfaces it listens at
 */
public record Observer(String name, Host host, String entry, String mode, List<String> links) {
  public Observer {
    links = List.copyOf(links);
  }
}
