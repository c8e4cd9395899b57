package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.model.CommitId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server for one branch in one request: {@code ls-refs} of gitprotocol-v2(5) with the branch
 * as its prefix. The capabilities are not asked for each time: a server that speaks version 2 at
 * all knows this command, and one that does not answers with something else, which sends us the
 * long way.
 */
final class HttpQuestion {
  private static final String RESULT = "application/x-git-upload-pack-result";
  private static final int LIMIT = 64 << 10;

  private HttpQuestion() {}

  /**
   * Asks.
   *
   * @param authorization the value of the header, or null
   */
  static Advertised ask(
      Web web, Source source, @Nullable String authorization, Duration timeout, Budget budget)
      throws IOException {
    byte[] request = request(source.branch());
    HttpURLConnection http = web.open(service(source.address()), timeout);
    http.setRequestMethod("POST");
    http.setRequestProperty("Git-Protocol", "version=2");
    http.setRequestProperty("Content-Type", "application/x-git-upload-pack-request");
    http.setRequestProperty("Accept", RESULT);
    if (authorization != null) {
      http.setRequestProperty("Authorization", authorization);
    }
    http.setDoOutput(true);
    http.setFixedLengthStreamingMode(request.length);
    try (OutputStream out = http.getOutputStream()) {
      out.write(request);
    }
    int status = http.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK || !RESULT.equals(http.getContentType())) {
      drain(status < 400 ? http.getInputStream() : http.getErrorStream(), budget);
      return new Advertised.Unknown();
    }
    try (InputStream in = budget.meter(http.getInputStream())) {
      byte[] answer = in.readNBytes(LIMIT + 1);
      if (answer.length > LIMIT) {
        http.disconnect();
        return new Advertised.Unknown();
      }
      return read(answer, source.branch());
    }
  }

  private static java.net.URL service(URI address) throws IOException {
    String text = address.toString();
    return URI.create(text + (text.endsWith("/") ? "" : "/") + "git-upload-pack").toURL();
  }

  /** Read to the end, a short answer leaves its connection to the next question. */
  private static void drain(@Nullable InputStream in, Budget budget) throws IOException {
    if (in != null) {
      try (in) {
        budget.meter(in).readNBytes(LIMIT);
      }
    }
  }

  private static byte[] request(String branch) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    packet(out, "command=ls-refs\n");
    packet(out, "agent=" + Web.AGENT + "\n");
    packet(out, "object-format=sha1\n");
    out.writeBytes("0001".getBytes(StandardCharsets.US_ASCII));
    packet(out, "ref-prefix " + branch + "\n");
    out.writeBytes("0000".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  private static void packet(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    String length = Integer.toHexString(0x10000 + bytes.length + 4).substring(1);
    out.writeBytes(length.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(bytes);
  }

  /** Only an answer that is whole and nothing else counts. */
  static Advertised read(byte[] answer, String branch) {
    List<String> lines = new ArrayList<>();
    int at = 0;
    while (true) {
      if (at + 4 > answer.length) {
        return new Advertised.Unknown();
      }
      int length = length(answer, at);
      if (length == 0) {
        at += 4;
        break;
      }
      if (length < 5 || at + length > answer.length) {
        return new Advertised.Unknown();
      }
      lines.add(new String(answer, at + 4, length - 4, StandardCharsets.UTF_8).stripTrailing());
      at += length;
    }
    if (at != answer.length) {
      return new Advertised.Unknown();
    }
    Advertised found = new Advertised.NoBranch();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (words.length < 2 || !CommitId.isValid(words[0]) || words[0].length() != 40) {
        return new Advertised.Unknown();
      }
      if (words[1].equals(branch)) {
        found = new Advertised.At(new CommitId(words[0]));
      }
    }
    return found;
  }

  private static int length(byte[] answer, int at) {
    int length = 0;
    for (int i = at; i < at + 4; i++) {
      int digit = Character.digit(answer[i], 16);
      if (digit < 0) {
        return -1;
      }
      length = length << 4 | digit;
    }
    return length;
  }
}
