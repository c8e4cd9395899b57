package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * systemd-resolved by Varlink (io.systemd.Resolve). Its answer says where it comes from; that of
 * its stub at 127.0.0.53 or 127.0.0.54 does not, and either has the host's own names, and those of
 * all machines that systemd-machined knows of.
 */
public final class LocalResolver implements Resolver {
  private static final String ERRORS = "io.systemd.Resolve.";

  /** Who asks waits five seconds, as a rule. */
  private static final Duration LIMIT = Duration.ofMillis(4500);

  // Flags of sd-resolve (systemd, src/basic/resolved-def.h), where the interface has numbers.
  private static final long BY_DNS = 1;
  private static final long NO_SYNTHESIZE = 1 << 11;
  private static final long NO_ZONE = 1 << 13;
  private static final long NO_TRUST_ANCHOR = 1 << 14;
  private static final long SYNTHETIC = 1 << 19;
  private static final long FROM_CACHE = 1 << 20;
  private static final long FROM_ZONE = 1 << 21;
  private static final long FROM_TRUST_ANCHOR = 1 << 22;
  private static final long FROM_NETWORK = 1 << 23;
  private static final long FROM_HOOK = 1 << 27;

  private static final int NO_SUCH_NAME = 3;
  private static final int IN = 1;

  private final Varlink service;

  /**
   * The resolver of a host.
   *
   * @param root the directory the host's files are under
   */
  public LocalResolver(Path root) {
    service = new Varlink(root.resolve("run/systemd/resolve/io.systemd.Resolve"));
  }

  @Override
  public Answer resolve(String name, int type) {
    Map<String, Object> question = new LinkedHashMap<>();
    question.put("name", name);
    question.put("class", (long) IN);
    question.put("type", (long) type);
    question.put("flags", BY_DNS | NO_SYNTHESIZE | NO_ZONE | NO_TRUST_ANCHOR);
    List<Answer> answers = new ArrayList<>();
    try {
      service.callOnce(
          ERRORS + "ResolveRecord", question, LIMIT, reply -> answers.add(answer(reply)));
    } catch (Varlink.Refused refused) {
      return refused(refused);
    } catch (IOException | IllegalArgumentException _) {
      return new Answer.Failed();
    }
    return answers.isEmpty() ? new Answer.Failed() : answers.getFirst();
  }

  private static Answer refused(Varlink.Refused refused) {
    return switch (refused.error()) {
      case ERRORS + "NoSuchResourceRecord" -> new Answer.NoRecords();
      case ERRORS + "DNSError" ->
          Values.number(refused.parameters(), "rcode") == NO_SUCH_NAME
              ? new Answer.NoName()
              : new Answer.Failed();
      default -> new Answer.Failed();
    };
  }

  private static Answer answer(Map<String, @Nullable Object> reply) {
    if (!isOfOthers(Values.number(reply, "flags"))) {
      return new Answer.NoName();
    }
    List<Found> found = new ArrayList<>();
    for (Object record : Values.list(reply, "rrs")) {
      String raw = Values.text(Values.map(record), "raw");
      record(Base64.getDecoder().decode(raw)).ifPresent(found::add);
    }
    return new Answer.Records(found);
  }

  /** Whether it was learnt from a name server, now or a moment ago, and nothing was added. */
  private static boolean isOfOthers(long flags) {
    return (flags & (FROM_NETWORK | FROM_CACHE)) != 0
        && (flags & (SYNTHETIC | FROM_ZONE | FROM_TRUST_ANCHOR | FROM_HOOK)) == 0;
  }

  /** Reads a record as messages carry it (RFC 1035, section 3.2.1), but for its name. */
  private static Optional<Found> record(byte[] raw) {
    ByteBuffer bytes = ByteBuffer.wrap(raw);
    try {
      for (int label = bytes.get(); label != 0; label = bytes.get()) {
        bytes.position(bytes.position() + label);
      }
      int type = Short.toUnsignedInt(bytes.getShort());
      int category = bytes.getShort();
      long ttl = Integer.toUnsignedLong(bytes.getInt());
      int length = Short.toUnsignedInt(bytes.getShort());
      if (category != IN || length != bytes.remaining()) {
        return Optional.empty();
      }
      byte[] data = new byte[length];
      bytes.get(data);
      return Optional.of(new Found(type, ttl, data));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("not a record", e);
    }
  }
}
