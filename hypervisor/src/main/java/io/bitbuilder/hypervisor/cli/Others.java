package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.Answer;
import io.bitbuilder.hypervisor.network.End;
import io.bitbuilder.hypervisor.network.Trace;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * For whom outside an answer is another: rules may name addresses, and `outside` is any of them.
 */
final class Others {
  private static final int LIMIT = 20;

  private final Trace trace;
  private final TenantId tenant;
  private final Question question;

  Others(Trace trace, TenantId tenant, Question question) {
    this.trace = trace;
    this.tenant = tenant;
    this.question = question;
  }

  /** By range of addresses; nothing when a certain address was asked about. */
  Map<AddressRange, Answer> than(
      Answer answer, End from, AddressRange source, End to, AddressRange destination) {
    Map<AddressRange, Answer> others = new LinkedHashMap<>();
    boolean sender = question.from() instanceof Question.Name.Outside;
    if (!sender && !(question.to() instanceof Question.Name.Outside)) {
      return others;
    }
    trace
        .whereabouts()
        .named(tenant, question.six())
        .forEach((range, address) -> {
          Answer other =
              trace.ask(
                  from,
                  to,
                  sender
                      ? Tracer.packet(question, address, destination)
                      : Tracer.packet(question, source, address));
          if (other.passes() != answer.passes() && others.size() < LIMIT) {
            others.put(range, other);
          }
        });
    return others;
  }
}
