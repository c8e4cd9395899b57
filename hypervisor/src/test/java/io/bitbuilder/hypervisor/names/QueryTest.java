package io.bitbuilder.hypervisor.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.names.Query.Parsed;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class QueryTest {
  private static final Parsed MALFORMED = new Parsed.Wrong(0x1234, 0x0100, Rcode.FORMAT_ERROR);

  private static Parsed parse(byte[] message) {
    return Query.parse(message, message.length);
  }

  private static Query whole(byte[] message) {
    assertThat(parse(message)).isInstanceOf(Parsed.Whole.class);
    return ((Parsed.Whole) parse(message)).query();
  }

  /** A query with these bytes where the question is. */
  private static byte[] asking(int... bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Wire.numbers(out, 0x1234, 0x0100, 1, 0, 0, 0);
    for (int octet : bytes) {
      out.write(octet);
    }
    return out.toByteArray();
  }

  @Test
  void aQueryIsReadAsItIs() {
    Query query = whole(Wire.query(0xbeef, 0x0110, "WeB.acme.internal", 28));
    assertThat(query.id()).isEqualTo(0xbeef);
    assertThat(query.has(Query.RECURSION_DESIRED)).isTrue();
    assertThat(query.has(Query.CHECKING_DISABLED)).isTrue();
    assertThat(query.name()).hasToString("WeB.acme.internal.");
    assertThat(query.name()).isEqualTo(DomainName.of("web.ACME.internal"));
    assertThat(query.type()).isEqualTo(28);
    assertThat(query.category()).isEqualTo(1);
    assertThat(query.edns()).isEmpty();
    assertThat(whole(Wire.extended("a", 1, 4096, 0, 0x8000)).edns())
        .contains(new Query.Edns(4096, 0, true));
    assertThat(whole(Wire.extended("a", 1, 1, 7, 0)).edns()).contains(new Query.Edns(1, 7, false));
    assertThat(whole(Wire.query("", 2)).name().isRoot()).isTrue();
  }

  @Test
  void everyShorterMessageIsRefusedOrIgnored() {
    byte[] query = Wire.extended("web.acme.internal", 1, 1232, 0, 0);
    assertThat(parse(query)).isInstanceOf(Parsed.Whole.class);
    for (int length = 0; length < query.length; length++) {
      assertThat(Query.parse(query, length))
          .as("%d bytes", length)
          .isEqualTo(length < Query.HEADER ? new Parsed.Nothing() : MALFORMED);
    }
    assertThat(parse(Arrays.copyOf(query, query.length + 1))).isEqualTo(MALFORMED);
  }

  @Test
  void anAnswerIsNeverAnswered() {
    assertThat(parse(Wire.query(1, 0x8180, "web.acme.internal", 1)))
        .isEqualTo(new Parsed.Nothing());
    // Not even one that cannot be read.
    assertThat(Query.parse(Wire.query(1, 0x8180, "x", 1), 14)).isEqualTo(new Parsed.Nothing());
  }

  @Test
  void otherOperationsAreNotImplemented() {
    for (int opcode = 1; opcode < 16; opcode++) {
      assertThat(parse(Wire.query(0x1234, opcode << 11, "x", 1)))
          .isEqualTo(new Parsed.Wrong(0x1234, opcode << 11, Rcode.NOT_IMPLEMENTED));
    }
  }

  @Test
  void exactlyOneQuestionIsAsked() {
    for (int[] counts : new int[][] {{0, 0, 0, 0}, {2, 0, 0, 0}, {1, 1, 0, 0}, {1, 0, 1, 0}}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Wire.numbers(out, 0x1234, 0x0100);
      Wire.numbers(out, counts);
      for (int i = 0; i < counts[0]; i++) {
        Wire.question(out, "x", 1, 1);
      }
      for (int i = 0; i < counts[1] + counts[2]; i++) {
        out.writeBytes(Wire.wire("x"));
        Wire.numbers(out, 1, 1, 0, 5, 4, 0, 0);
      }
      assertThat(parse(out.toByteArray())).as(Arrays.toString(counts)).isEqualTo(MALFORMED);
    }
  }

  @Test
  void aMessageIsExtendedOnceAndAsAWhole() {
    for (String owner : new String[] {"", "x"}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      boolean twice = owner.isEmpty();
      Wire.numbers(out, 0x1234, 0x0100, 1, 0, 0, twice ? 2 : 1);
      Wire.question(out, "x", 1, 1);
      for (int i = 0; i < (twice ? 2 : 1); i++) {
        out.writeBytes(Wire.wire(owner));
        Wire.numbers(out, 41, 1232, 0, 0, 0);
      }
      assertThat(parse(out.toByteArray())).isEqualTo(MALFORMED);
    }
    // Other records are none of ours, and may use what came before them.
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Wire.numbers(out, 0x1234, 0x0100, 1, 0, 0, 2);
    Wire.question(out, "web.acme.internal", 1, 1);
    Wire.numbers(out, 0xc00c, 250, 255, 0, 0, 3);
    out.writeBytes(new byte[3]);
    out.write(0);
    Wire.numbers(out, 41, 1400, 0, 0, 2, 0xffff);
    assertThat(whole(out.toByteArray()).edns()).contains(new Query.Edns(1400, 0, false));
  }

  @Test
  void noNameLeadsAround() throws MessageReader.Malformed {
    // To itself, to before it, and forward.
    assertThat(parse(asking(0xc0, 12, 0, 1, 0, 1))).isEqualTo(MALFORMED);
    assertThat(parse(asking(0xc0, 0, 0, 1, 0, 1))).isEqualTo(MALFORMED);
    assertThat(parse(asking(0xc0, 14, 1, 'x', 0, 0, 1, 0, 1))).isEqualTo(MALFORMED);
    // Two that lead to each other, and one into its own middle, where names may be compressed.
    for (int[] bytes :
        new int[][] {{1, 'a', 0xc0, 2, 0xc0, 0}, {0xc0, 2, 0xc0, 0}, {1, 'a', 1, 'b', 0xc0, 4}}) {
      byte[] message = new byte[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        message[i] = (byte) bytes[i];
      }
      // The 0 at the end, alone, would be the root.
      for (int start = 0; start < message.length && bytes[start] != 0; start++) {
        MessageReader reader = new MessageReader(message, message.length);
        reader.skip(start);
        assertThatThrownBy(() -> reader.name(true)).isInstanceOf(MessageReader.Malformed.class);
      }
    }
    byte[] good = {1, 'a', 0, 1, 'b', (byte) 0xc0, 0, 1, 'c', (byte) 0xc0, 3, 9};
    MessageReader reader = new MessageReader(good, good.length);
    assertThat(reader.name(true)).isEqualTo(DomainName.of("a"));
    assertThat(reader.name(true)).isEqualTo(DomainName.of("b.a"));
    assertThat(reader.name(true)).isEqualTo(DomainName.of("c.b.a"));
    assertThat(reader.octet()).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x40, 0x80, 0x7f, 0xbf})
  void labelsOfOtherKindsAreNone(int length) {
    byte[] label = Wire.query("x".repeat(63), 1);
    assertThat(parse(label)).isInstanceOf(Parsed.Whole.class);
    label[12] = (byte) length;
    assertThat(parse(label)).isEqualTo(MALFORMED);
  }

  @Test
  void aNameHasAtMost255Bytes() {
    String longest = ("x".repeat(63) + ".").repeat(3) + "y".repeat(61);
    assertThat(whole(Wire.query(longest, 1)).name().length()).isEqualTo(255);
    assertThat(parse(Wire.query(longest + "y", 1))).isEqualTo(MALFORMED);
    assertThat(parse(Wire.query("a.".repeat(128), 1))).isEqualTo(MALFORMED);
    assertThat(whole(Wire.query("a.".repeat(127), 1)).name().labels()).isEqualTo(127);
  }

  /** Whatever is sent, reading it ends and gives one of three results. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void anythingCanBeRead(long seed) {
    Random random = new Random(seed);
    byte[] good = Wire.extended("web.acme.internal", 1, 1232, 0, 0);
    int whole = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] message;
      if (random.nextBoolean()) {
        message = good.clone();
        for (int change = random.nextInt(4); change >= 0; change--) {
          message[random.nextInt(message.length)] = (byte) random.nextInt(256);
        }
      } else {
        message = new byte[random.nextInt(64)];
        random.nextBytes(message);
        if (message.length > 6) {
          message[2] &= 0x07;
          message[4] = 0;
          message[5] = 1;
        }
      }
      int length = random.nextInt(10) == 0 ? random.nextInt(message.length + 1) : message.length;
      if (Query.parse(message, length) instanceof Parsed.Whole(Query query)) {
        whole++;
        assertThat(query.name().length()).isBetween(1, 255);
        // What was read is what is asked again, byte by byte.
        byte[] again = Reply.question(query);
        assertThat(Arrays.copyOfRange(message, 12, 12 + again.length)).isEqualTo(again);
      }
    }
    assertThat(whole).isGreaterThan(1000);
  }
}
