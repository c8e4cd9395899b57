package io.bitbuilder.hypervisor.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.CommitId;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Smart HTTP, against {@code git http-backend}. */
final class HttpFetchTest {
  private static final String SCOPE = "tenant-a";
  private static final Limits QUICK =
      new Limits(Duration.ofSeconds(2), 8 << 20, 1000, 1 << 20, 1000, 9, 1 << 30);

  @TempDir Path root;
  private Path objects;
  private Upstream upstream;
  private HttpBackend server;

  @BeforeEach
  void setUp() throws IOException {
    objects = Files.createDirectories(root.resolve("objects"));
    upstream = new Upstream(root.resolve("srv/a.git"));
    server = new HttpBackend(root.resolve("srv"), null);
  }

  @AfterEach
  void tearDown() {
    server.close();
  }

  @Test
  void oneRequestTellsThatNothingChanged() throws Exception {
    CommitId a = upstream.commit();
    upstream.git("branch", "main2", "main");
    assertThat(fetch()).isInstanceOf(Result.Moved.class);
    server.forgetRequests();

    assertThat(fetch()).isEqualTo(new Result.Unchanged());

    assertThat(server.requests()).containsExactly("POST /a.git/git-upload-pack");
    assertThat(tip()).contains(a);
  }

  @Test
  void whatChangedIsFetched() throws Exception {
    upstream.commit();
    fetch();
    CommitId b = upstream.commit();
    assertThat(fetch()).isInstanceOf(Result.Moved.class);
    assertThat(tip()).contains(b);
  }

  @Test
  void aServerOfTheFirstProtocolIsUnderstood() throws Exception {
    server.forgetVersions();
    upstream.commit();
    fetch();
    assertThat(fetch()).isEqualTo(new Result.Unchanged());
    CommitId b = upstream.commit();
    assertThat(fetch()).isInstanceOf(Result.Moved.class);
    assertThat(tip()).contains(b);
  }

  @Test
  void aBranchThatWentFreezes() throws Exception {
    CommitId a = upstream.commit();
    fetch();
    upstream.git("update-ref", "-d", "refs/heads/main");
    assertThat(failed(fetch()).code()).isEqualTo(Code.BB506);
    assertThat(tip()).contains(a);
  }

  @Test
  void aRefusedCommitIsNotFetchedAgain() throws Exception {
    upstream.commit();
    fetch();
    CommitId x = upstream.rewrite();
    Result.Failed failed = failed(fetch());
    assertThat(failed.offered()).isEqualTo(x.value());
    server.forgetRequests();

    assertThat(failed(fetch(server.url("a.git"), "", x.value(), Limits.DEFAULT)).code())
        .isEqualTo(Code.BB502);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void aTokenOpensARepository() throws Exception {
    CommitId a = upstream.commit();
    server.require("Basic " + base64("git:s3cret"));

    assertThat(failed(fetch()).code()).isEqualTo(Code.BB501);
    credential("token", "s3cret\n");
    assertThat(fetch(server.url("a.git"), "token", "", Limits.DEFAULT))
        .isInstanceOf(Result.Moved.class);
    assertThat(fetch(server.url("a.git"), "token", "", Limits.DEFAULT))
        .isEqualTo(new Result.Unchanged());
    assertThat(tip()).contains(a);
  }

  @Test
  void aWrongTokenIsNeverShown() throws Exception {
    upstream.commit();
    server.require("Bearer right");
    credential("token", "Bearer wr0ng-secret");
    Result.Failed failed = failed(fetch(server.url("a.git"), "token", "", Limits.DEFAULT));
    assertThat(failed.code()).isEqualTo(Code.BB501);
    assertThat(failed.toString()).doesNotContain("wr0ng").doesNotContain(base64("wr0ng-secret"));
  }

  @Test
  void aMissingCredentialIsNamed() throws Exception {
    upstream.commit();
    Result.Failed failed = failed(fetch(server.url("a.git"), "nowhere", "", Limits.DEFAULT));
    assertThat(failed.code()).isEqualTo(Code.BB507);
    assertThat(failed.message()).contains("`nowhere`");
  }

  @Test
  void aRedirectToAnotherServerIsRefused() throws Exception {
    upstream.commit();
    try (HttpBackend other = new HttpBackend(root.resolve("srv"), null)) {
      server.answer("/moved.git", exchange -> redirect(exchange, other));
      Result.Failed failed = failed(fetch(server.url("moved.git"), "", "", Limits.DEFAULT));
      assertThat(failed.code()).isEqualTo(Code.BB505);
      assertThat(failed.message()).contains(other.url("a.git"));
      assertThat(other.requests()).isEmpty();
    }
    assertThat(tip()).isEmpty();
  }

  @Test
  void aRedirectOnTheSameServerIsFollowed() throws Exception {
    CommitId a = upstream.commit();
    server.answer("/moved.git", exchange -> redirect(exchange, server));
    assertThat(fetch(server.url("moved.git"), "", "", Limits.DEFAULT))
        .isInstanceOf(Result.Moved.class);
    assertThat(tip()).contains(a);
  }

  @Test
  void aServerThatDripsRunsOutOfTime() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    server.answer(
        "/slow.git",
        exchange -> {
          exchange
              .getResponseHeaders()
              .set("Content-Type", "application/x-git-upload-pack-advertisement");
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write("001e# service=git-upload-pack\n0000".getBytes(StandardCharsets.US_ASCII));
            out.write("fff0".getBytes(StandardCharsets.US_ASCII));
            while (!over.await(50, TimeUnit.MILLISECONDS)) {
              out.write('x');
              out.flush();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    Instant start = Instant.now();
    Result.Failed failed = failed(fetch(server.url("slow.git"), "", "", QUICK));
    over.countDown();

    assertThat(failed.code()).isEqualTo(Code.BB501);
    assertThat(failed.message()).contains("within 2 s");
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void aServerThatNeverStopsIsCutOff() throws Exception {
    server.answer(
        "/endless.git",
        exchange -> {
          exchange
              .getResponseHeaders()
              .set("Content-Type", "application/x-git-upload-pack-advertisement");
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write("001e# service=git-upload-pack\n0000".getBytes(StandardCharsets.US_ASCII));
            out.write(packet("version 2\n"));
            for (int i = 0; i < 10_000_000; i++) {
              out.write(packet("capability-" + i + "\n"));
            }
          }
        });
    Limits small = new Limits(Duration.ofSeconds(30), 1 << 20, 9, 9, 9, 9, 1 << 20);
    assertThat(failed(fetch(server.url("endless.git"), "", "", small)).code())
        .isEqualTo(Code.BB504);
  }

  @Test
  void aPackThatIsCutShortOrDamagedIsDropped() throws Exception {
    CommitId a = upstream.commit();
    fetch();
    CommitId b = upstream.commit();
    server.answer(
        "/bad.git",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          boolean asks = new String(body, StandardCharsets.US_ASCII).contains("ls-refs");
          exchange.getResponseHeaders().set("Content-Type", "application/x-git-upload-pack-result");
          if (exchange.getRequestMethod().equals("GET")) {
            exchange
                .getResponseHeaders()
                .set("Content-Type", "application/x-git-upload-pack-advertisement");
          }
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            if (exchange.getRequestMethod().equals("GET")) {
              out.write("001e# service=git-upload-pack\n0000".getBytes(StandardCharsets.US_ASCII));
              out.write(packet("version 2\n"));
              out.write(packet("ls-refs\n"));
              out.write(packet("fetch=shallow\n"));
            } else if (asks) {
              out.write(packet(b.value() + " refs/heads/main\n"));
            } else {
              out.write(packet("packfile\n"));
              out.write(packet("\u0001PACK\0\0\0\u0002\0\0\0\u0003garbage"));
            }
            out.write("0000".getBytes(StandardCharsets.US_ASCII));
          }
        });
    assertThat(failed(fetch(server.url("bad.git"), "", "", QUICK)).code()).isEqualTo(Code.BB501);
    assertThat(tip()).contains(a);
  }

  @Test
  void aServerThatIsDownSparesItsOtherRepositories() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Fetcher fetcher = fetcher(QUICK);
    Source source = source("http://localhost:" + port + "/a.git", "");
    for (int i = 0; i < 3; i++) {
      assertThat(
              failed(
                      fetcher.fetch(
                          source, new Fetcher.Known(Optional.empty(), Optional.empty()), ""))
                  .message())
          .contains("does not answer");
    }
    assertThat(
            failed(fetcher.fetch(source, new Fetcher.Known(Optional.empty(), Optional.empty()), ""))
                .message())
        .contains("other repositories");
  }

  @Test
  void certificatesAreChecked() throws Exception {
    CommitId a = upstream.commit();
    Certificates certificates = Certificates.create(root);
    try (HttpBackend secure = new HttpBackend(root.resolve("srv"), certificates.server())) {
      Result.Failed failed = failed(fetch(secure.url("a.git"), "", "", Limits.DEFAULT));
      assertThat(failed.code()).isEqualTo(Code.BB501);
      assertThat(failed.message()).contains("not trusted");

      certificates.trustIn(root);
      credential("token", "user:s3cret");
      secure.require("Basic " + base64("user:s3cret"));
      assertThat(fetch(secure.url("a.git"), "token", "", Limits.DEFAULT))
          .isInstanceOf(Result.Moved.class);
      assertThat(fetch(secure.url("a.git"), "token", "", Limits.DEFAULT))
          .isEqualTo(new Result.Unchanged());
    }
    assertThat(tip()).contains(a);
  }

  private static void redirect(HttpExchange exchange, HttpBackend to) throws IOException {
    try (exchange) {
      String rest = exchange.getRequestURI().toString().substring("/moved.git".length());
      exchange.getResponseHeaders().set("Location", to.url("a.git" + rest));
      exchange.sendResponseHeaders(302, -1);
    }
  }

  private static byte[] packet(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    String length = String.format("%04x", bytes.length + 4);
    return (length + text).getBytes(StandardCharsets.ISO_8859_1);
  }

  private void credential(String name, String content) throws IOException {
    Path directory = Files.createDirectories(root.resolve("credentials"));
    Files.writeString(directory.resolve("bitbuilder." + name), content);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private Result fetch() throws Exception {
    return fetch(server.url("a.git"), "", "", Limits.DEFAULT);
  }

  private Result fetch(String url, String credential, String offered, Limits limits)
      throws Exception {
    return fetcher(limits).fetch(source(url, credential), new Fetcher.Known(tip(), tip()), offered);
  }

  private static Source source(String url, String credential) {
    return Source.of(SCOPE, url, "main", credential, "", new Report()).orElseThrow();
  }

  private Fetcher fetcher(Limits limits) {
    Credentials credentials = new Credentials(Optional.of(root.resolve("credentials")));
    return new Fetcher(root, objects, credentials, limits, new Web(root));
  }

  private static Result.Failed failed(Result result) {
    assertThat(result).isInstanceOf(Result.Failed.class);
    return (Result.Failed) result;
  }

  private Optional<CommitId> tip() throws IOException {
    return ObjectStore.tip(objects, SCOPE);
  }
}
