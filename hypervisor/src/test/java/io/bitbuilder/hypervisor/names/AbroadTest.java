package io.bitbuilder.hypervisor.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.host.Resolver;
import io.bitbuilder.hypervisor.host.Resolver.Answer;
import io.bitbuilder.hypervisor.names.TenantNames.Others;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AbroadTest {
  private static final int A = 1;

  private final List<String> asked = new ArrayList<>();
  private final Abroad abroad = new Abroad(new Forwarder(1, new Random(1)), this::resolve);

  /** Knows one name, and that of another there are no such records. */
  private Answer resolve(String name, int type) {
    asked.add(name);
    return switch (name) {
      case "Www.example.org." ->
          type == A
              ? new Answer.Records(
                  List.of(new Resolver.Found(A, 60, new byte[] {(byte) 192, 0, 2, 80})))
              : new Answer.NoRecords();
      case "many.example.org." -> {
        List<Resolver.Found> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          many.add(new Resolver.Found(A, 60, new byte[] {10, 0, 0, (byte) i}));
        }
        yield new Answer.Records(many);
      }
      case "lost.example.org." -> new Answer.Failed();
      default -> new Answer.NoName();
    };
  }

  private Wire.Answer ask(Others others, boolean stream, String name, int type) {
    byte[] message = Wire.query(0x4242, Wire.RD, name, type);
    Query query = ((Query.Parsed.Whole) Query.parse(message, message.length)).query();
    Wire.Answer answer = Wire.answer(abroad.ask(query, others, stream));
    assertThat(answer.id()).isEqualTo(0x4242);
    assertThat(answer.question()).isEqualTo(name + ".");
    assertThat(answer.is(Wire.AA)).isFalse();
    return answer;
  }

  private Wire.Answer ask(String name, int type) {
    return ask(new Others.Host(), false, name, type);
  }

  @Test
  void whatTheHostsResolverSaysIsPassedOn() {
    assertThat(ask("Www.example.org", A).answers())
        .containsExactly(new Wire.Item("Www.example.org.", A, 1, 60, "192.0.2.80"));
    assertThat(ask("Www.example.org", 28).rcode()).isZero();
    assertThat(ask("Www.example.org", 28).answers()).isEmpty();
    assertThat(ask("none.example.org", A).rcode()).isEqualTo(3);
    assertThat(ask("lost.example.org", A).rcode()).isEqualTo(2);
  }

  @Test
  void whatIsTooLongForADatagramComesByAConnection() {
    assertThat(ask("many.example.org", A).is(Wire.TC)).isTrue();
    assertThat(ask(new Others.Host(), true, "many.example.org", A).answers()).hasSize(100);
  }

  /** Its resolver is asked by text, and what is no letter would have to be written some way. */
  @Test
  void onlyPlainNamesAreAskedOfTheHost() {
    assertThat(ask("w w.example.org", A).rcode()).isEqualTo(5);
    assertThat(ask("w\\w.example.org", A).rcode()).isEqualTo(5);
    assertThat(asked).isEmpty();
    assertThat(ask("_dmarc.x-1.example.org", 16).rcode()).isEqualTo(3);
    assertThat(asked).containsExactly("_dmarc.x-1.example.org.");
  }

  @Test
  void nobodyKnowsNothing() {
    assertThat(ask(new Others.Nobody(), false, "www.example.org", A).rcode()).isEqualTo(2);
    assertThat(asked).isEmpty();
  }
}
