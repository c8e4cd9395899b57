package io.bitbuilder.hypervisor.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.names.Responder.Outcome;
import io.bitbuilder.hypervisor.names.Wire.Answer;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ResponderTest {
  private static final int A = 1;
  private static final int NS = 2;
  private static final int SOA = 6;
  private static final int PTR = 12;
  private static final int TXT = 16;
  private static final int AAAA = 28;
  private static final int ANY = 255;

  private static final int NO_ERROR = 0;
  private static final int NO_NAME = 3;
  private static final int REFUSED = 5;
  private static final String START = "acme.internal. nobody.invalid. 7 3600 1200 604800 5";

  private static final Zone ZONE =
      Zone.of(
          new TenantId("acme"),
          7,
          Map.of(
              "web",
              List.of(InetAddress.ofLiteral("10.200.1.2"), InetAddress.ofLiteral("fd00:1::a:b")),
              "db",
              List.of(InetAddress.ofLiteral("10.200.2.9")),
              "lone",
              List.of(),
              "public",
              List.of(InetAddress.ofLiteral("2001:470:1::5"))));

  private static Answer ask(byte[] message, boolean asks) {
    Outcome outcome = Responder.respond(message, message.length, ZONE, asks, false);
    assertThat(outcome).isInstanceOf(Outcome.Send.class);
    return Wire.answer(((Outcome.Send) outcome).message());
  }

  private static Answer ask(String name, int type) {
    return ask(Wire.query(name, type), false);
  }

  private static boolean isAsked(byte[] message) {
    return Responder.respond(message, message.length, ZONE, true, false) instanceof Outcome.Ask;
  }

  @Test
  void guestsHaveTheirAddresses() {
    Answer answer = ask("web.acme.internal", A);
    assertThat(answer.id()).isEqualTo(0x1234);
    assertThat(answer.rcode()).isEqualTo(NO_ERROR);
    assertThat(answer.is(Wire.AA)).isTrue();
    assertThat(answer.is(Wire.RD)).isTrue();
    assertThat(answer.is(Wire.TC)).isFalse();
    assertThat(answer.answers())
        .containsExactly(new Wire.Item("web.acme.internal.", A, 1, 5, "10.200.1.2"));
    assertThat(answer.authorities()).isEmpty();
    assertThat(ask("web.acme.internal", AAAA).data()).containsExactly("fd00:1:0:0:0:0:a:b");
    assertThat(ask("web.acme.internal", ANY).data())
        .containsExactlyInAnyOrder("10.200.1.2", "fd00:1:0:0:0:0:a:b");
    assertThat(ask("db.acme.internal", A).data()).containsExactly("10.200.2.9");
  }

  @Test
  void addressesHaveTheirNames() {
    assertThat(ask("2.1.200.10.in-addr.arpa", PTR).data()).containsExactly("web.acme.internal.");
    assertThat(
            ask("b.0.0.0.a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.0.d.f.ip6.arpa", PTR)
                .data())
        .containsExactly("web.acme.internal.");
    assertThat(ask("2.1.200.10.in-addr.arpa", A).authorities())
        .singleElement()
        .satisfies(start -> assertThat(start.name()).isEqualTo("10.in-addr.arpa."));
  }

  @Test
  void upperAndLowerCaseComeBackAsTheyWereSent() {
    Answer answer = ask("wEb.AcMe.iNTernal", A);
    assertThat(answer.question()).isEqualTo("wEb.AcMe.iNTernal.");
    assertThat(answer.answers().getFirst().name()).isEqualTo("wEb.AcMe.iNTernal.");
    assertThat(answer.data()).containsExactly("10.200.1.2");
  }

  /** Whether a name is there or not makes a difference to who asks for another type next. */
  @Test
  void aNameWithoutSuchRecordsIsThere() {
    for (String name :
        List.of("db.acme.internal", "lone.acme.internal", "acme.internal", "web.acme.internal")) {
      Answer answer = ask(name, TXT);
      assertThat(answer.rcode()).as(name).isEqualTo(NO_ERROR);
      assertThat(answer.answers()).isEmpty();
      assertThat(answer.authorities())
          .containsExactly(new Wire.Item(suffix(name), SOA, 1, 5, START));
    }
    assertThat(ask("db.acme.internal", AAAA).rcode()).isEqualTo(NO_ERROR);
    assertThat(ask("lone.acme.internal", A).rcode()).isEqualTo(NO_ERROR);
    for (String name : List.of("nobody.acme.internal", "a.web.acme.internal", "_x.acme.internal")) {
      Answer answer = ask(name, A);
      assertThat(answer.rcode()).as(name).isEqualTo(NO_NAME);
      assertThat(answer.is(Wire.AA)).isTrue();
      assertThat(answer.authorities())
          .containsExactly(new Wire.Item("acme.internal.", SOA, 1, 5, START));
    }
  }

  private static String suffix(String name) {
    return name.substring(name.indexOf("acme.internal")) + ".";
  }

  @Test
  void theZoneHasABeginning() {
    assertThat(ask("acme.internal", SOA).data()).containsExactly(START);
    assertThat(ask("acme.internal", NS).data()).containsExactly("acme.internal.");
    assertThat(ask("acme.internal", A).rcode()).isEqualTo(NO_ERROR);
  }

  /** Whoever goes down label by label, and stops where there is nothing (RFC 8020, RFC 9156). */
  @Test
  void whatIsAboveANameIsThere() {
    for (String name :
        List.of(
            "internal",
            "arpa",
            "in-addr.arpa",
            "ip6.arpa",
            "10.in-addr.arpa",
            "",
            "f.ip6.arpa",
            "200.10.in-addr.arpa",
            "1.200.10.in-addr.arpa",
            "d.f.ip6.arpa")) {
      assertThat(ask(name, NS).rcode()).as(name).isEqualTo(NO_ERROR);
    }
    assertThat(ask("9.200.10.in-addr.arpa", NS).rcode()).isEqualTo(NO_NAME);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "web.globex.internal",
        "globex.internal",
        "host.internal",
        "printer.local",
        "localhost",
        "x.localhost",
        "a.test",
        "x.home.arpa",
        "x.onion",
        "9.9.9.10.in-addr.arpa",
        "1.0.0.127.in-addr.arpa",
        "1.1.168.192.in-addr.arpa",
        "1.1.20.172.in-addr.arpa",
        "1.1.64.100.in-addr.arpa",
        "1.0.254.169.in-addr.arpa",
        "5.d.f.ip6.arpa",
        "1.0.0.0.0.8.e.f.ip6.arpa",
        "web",
        "hv1"
      })
  void nobodyIsAskedForTheseNames(String name) {
    for (int type : new int[] {A, AAAA, PTR, TXT, ANY}) {
      Answer answer = ask(Wire.query(name, type), true);
      assertThat(answer.answers()).isEmpty();
      assertThat(answer.rcode()).isEqualTo(name.equals("localhost") ? NO_ERROR : NO_NAME);
    }
  }

  @Test
  void otherNamesAreAskedOfOthersOrAreNowhere() {
    for (String name :
        List.of(
            "example.org",
            "1.1.15.172.in-addr.arpa",
            "1.1.1.1.in-addr.arpa",
            "internal.org",
            "acme.internal.example.org",
            "6.0.7.4.0.1.0.0.2.ip6.arpa")) {
      assertThat(isAsked(Wire.query(name, A))).as(name).isTrue();
      assertThat(isAsked(Wire.query(0x1234, 0, name, A))).isFalse();
      assertThat(ask(Wire.query(0x1234, 0, name, A), true).rcode()).isEqualTo(REFUSED);
      Answer nowhere = ask(name, A);
      assertThat(nowhere.rcode()).isEqualTo(NO_NAME);
      assertThat(nowhere.answers()).isEmpty();
    }
    // A guest with an address of the whole world.
    assertThat(
            ask(
                    Wire.query(
                        "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.7.4.0.1.0.0.2.ip6.arpa",
                        PTR),
                    true)
                .data())
        .containsExactly("public.acme.internal.");
    // Signatures are checked from the root down.
    assertThat(isAsked(Wire.query("", 48))).isTrue();
    assertThat(isAsked(Wire.query("org", 43))).isTrue();
    assertThat(isAsked(Wire.query("org", A))).isFalse();
    assertThat(isAsked(Wire.query("example.org", ANY))).isFalse();
  }

  @Test
  void transfersAndOtherClassesAreRefused() {
    for (int type : new int[] {41, 128, 249, 251, 252, 253, 254}) {
      assertThat(ask(Wire.query("acme.internal", type), true).rcode()).isEqualTo(REFUSED);
    }
    byte[] chaos = Wire.query("version.bind", TXT);
    chaos[chaos.length - 1] = 3;
    assertThat(ask(chaos, true).rcode()).isEqualTo(REFUSED);
    assertThat(ask(chaos, false).answers()).isEmpty();
  }

  @Test
  void anExtendedQueryGetsAnExtendedAnswer() {
    Answer answer = ask(Wire.extended("web.acme.internal", A, 4096, 0, 0x8000), false);
    assertThat(answer.additional())
        .singleElement()
        .satisfies(extension -> {
          assertThat(extension.name()).isEqualTo(".");
          assertThat(extension.type()).isEqualTo(41);
          assertThat(extension.category()).isEqualTo(1232);
          assertThat(extension.ttl()).isEqualTo(0x8000);
        });
    assertThat(ask("web.acme.internal", A).additional()).isEmpty();
    Answer later = ask(Wire.extended("web.acme.internal", A, 4096, 1, 0), false);
    assertThat(later.rcode()).isZero();
    assertThat(later.answers()).isEmpty();
    assertThat(later.additional().getFirst().ttl()).isEqualTo(1L << 24);
  }

  @Test
  void anAnswerThatIsTooLongSaysSo() {
    List<InetAddress> many = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      many.add(InetAddress.ofLiteral("10.0.0." + i));
    }
    Zone zone = Zone.of(new TenantId("acme"), 1, Map.of("web", many));
    cut(zone, Wire.query("web.acme.internal", A), false, 512);
    cut(zone, Wire.extended("web.acme.internal", A, 100, 0, 0), false, 512);
    cut(zone, Wire.extended("web.acme.internal", A, 65535, 0, 0), false, 1232);
    cut(zone, Wire.query("web.acme.internal", A), true, 65535);
  }

  private static void cut(Zone zone, byte[] query, boolean stream, int limit) {
    byte[] message =
        ((Outcome.Send) Responder.respond(query, query.length, zone, false, stream)).message();
    Answer answer = Wire.answer(message);
    assertThat(message.length).isLessThanOrEqualTo(limit);
    assertThat(answer.is(Wire.TC)).isEqualTo(!stream);
    assertThat(answer.answers()).hasSize(stream ? 100 : 0);
    assertThat(answer.additional()).hasSize(query.length > 40 ? 1 : 0);
  }

  /**
   * What is sent back for nonsense is never more than was sent, and nothing is sent for answers.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void nothingIsAmplified(long seed) {
    Random random = new Random(seed);
    byte[] good = Wire.query("web.acme.internal", A);
    int wrong = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] message = good.clone();
      for (int change = random.nextInt(6); change >= 0; change--) {
        message[random.nextInt(message.length)] = (byte) random.nextInt(256);
      }
      Outcome outcome =
          Responder.respond(message, message.length, ZONE, random.nextBoolean(), false);
      if (outcome instanceof Outcome.Send send) {
        byte[] answer = send.message();
        assertThat(message[2] & 0x80).isZero();
        assertThat(answer.length).isLessThanOrEqualTo(512);
        assertThat(answer[2] & 0x80).isNotZero();
        int rcode = answer[3] & 0xf;
        if (rcode == 1 || rcode == 4 || rcode == REFUSED) {
          wrong++;
          assertThat(answer.length).isLessThanOrEqualTo(message.length);
        }
        Wire.answer(answer);
      }
    }
    assertThat(wrong).isGreaterThan(1000);
  }

  /** Whatever guests there are, each is found by its name and its address, and nothing else is. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyGuestIsFoundAndNothingElse(long seed) {
    Random random = new Random(seed);
    Map<String, List<InetAddress>> guests = new LinkedHashMap<>();
    for (int i = 0; i < 200; i++) {
      guests.put(
          "g" + Integer.toString(random.nextInt(100_000), 36),
          List.of(
              InetAddress.ofLiteral("10.1." + (i / 250) + "." + (i % 250 + 1)),
              InetAddress.ofLiteral("fd00::" + Integer.toHexString(i + 1))));
    }
    Zone zone = Zone.of(new TenantId("t"), 1, guests);
    guests.forEach((name, addresses) -> {
      assertThat(found(zone, name + ".t.internal", A))
          .containsExactly(addresses.getFirst().getHostAddress());
      assertThat(found(zone, Reverse.of(addresses.get(1)).toString(), PTR))
          .containsExactly(name + ".t.internal.");
    });
    for (int i = 0; i < 1000; i++) {
      String other = "h" + random.nextInt();
      assertThat(zone.find(DomainName.of(other + ".t.internal"), A))
          .isInstanceOf(Zone.Found.NoName.class);
    }
  }

  private static List<String> found(Zone zone, String name, int type) {
    byte[] query = Wire.query(name, type);
    Outcome outcome = Responder.respond(query, query.length, zone, false, false);
    return Wire.answer(((Outcome.Send) outcome).message()).data();
  }
}
