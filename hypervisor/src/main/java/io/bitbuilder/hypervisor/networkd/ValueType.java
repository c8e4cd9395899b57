package io.bitbuilder.hypervisor.networkd;

import io.bitbuilder.hypervisor.diagnostic.Code;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a setting takes. A value is brought into one form, so that whoever looks at what was made of
 * it has one to know.
 *
 * @param expected what it takes, for messages
 * @param code of the finding about a value it does not take
 * @param variables those that may stand in it
 * @param form the one form of a value; empty when it does not take it
 */
public record ValueType(
    String expected,
    Code code,
    Set<VariableType> variables,
    Function<String, Optional<String>> form) {
  public ValueType {
    variables = Set.copyOf(variables);
  }

  /** Whether a value is of it, in its one form. */
  public boolean holds(String value) {
    return form.apply(value).filter(value::equals).isPresent();
  }
}
