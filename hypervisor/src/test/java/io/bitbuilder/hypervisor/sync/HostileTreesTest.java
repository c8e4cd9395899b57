package io.bitbuilder.hypervisor.sync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.CommitId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trees git would not write: what is said of them says where in the repository they are. */
final class HostileTreesTest {
  private static final String FILE = "100644";
  private static final String DIRECTORY = "40000";
  private static final String NOWHERE = "1234567890123456789012345678901234567890";

  @TempDir Path root;
  private Path objects;
  private Upstream upstream;
  private String blob;
  private Limits limits = Limits.DEFAULT;

  @BeforeEach
  void setUp() throws IOException {
    objects = Files.createDirectories(root.resolve("objects"));
    upstream = new Upstream(root.resolve("srv/tenant-a.git"));
    blob = upstream.blob(new byte[] {'x'});
  }

  /** An entry of a tree; the NUL behind a name is where it ends. */
  private static byte[] entry(String mode, String name, String id) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes((mode + " " + name + "\0").getBytes(UTF_8));
    out.writeBytes(HexFormat.of().parseHex(id));
    return out.toByteArray();
  }

  private String tree(byte[]... entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] entry : entries) {
      out.writeBytes(entry);
    }
    return upstream.object("tree", out.toByteArray());
  }

  private Result.Failed refused(byte[]... entries) throws Exception {
    String inner = tree(entries);
    String top = tree(entry(DIRECTORY, "containers", tree(entry(DIRECTORY, "app", inner))));
    upstream.write("main", "", top, "hostile");
    return failed();
  }

  private Result.Failed failed() throws Exception {
    Result result = fetch();
    assertThat(result).isInstanceOf(Result.Failed.class);
    return (Result.Failed) result;
  }

  private Result fetch() throws Exception {
    Source source =
        Source.of("tenant-a", upstream.url(), "main", "", "", new Report()).orElseThrow();
    Fetcher fetcher =
        new Fetcher(root, objects, new Credentials(Optional.empty()), limits, new Web(root));
    return fetcher.fetch(source, new Fetcher.Known(Optional.empty(), Optional.empty()), "");
  }

  private void damaged(String message, byte[]... entries) throws Exception {
    Result.Failed failed = refused(entries);
    assertThat(failed.code()).isEqualTo(Code.BB501);
    assertThat(failed.message()).isEqualTo("the repository is damaged: " + message);
    assertThat(failed.help()).contains("fsck");
  }

  @Test
  void namesThatAreNone() throws Exception {
    byte[] a = entry(FILE, "a", blob);
    damaged("directory `containers/app`: duplicate entry names", a, a);
    damaged("directory `containers/app`: incorrectly sorted", entry(FILE, "b", blob), a);
    damaged("directory `containers/app`: name contains '/'", entry(FILE, "a/b", blob));
    damaged("directory `containers/app`: zero length name", entry(FILE, "", blob));
    for (String name : List.of(".", "..", ".git")) {
      damaged(
          "directory `containers/app`: invalid name '" + name + "'",
          entry(DIRECTORY, name, tree(a)));
    }
  }

  @Test
  void modesThatAreNone() throws Exception {
    damaged("directory `containers/app`: invalid mode character", entry("10064x", "a", blob));
    damaged("directory `containers/app`: mode starts with '0'", entry("060644", "a\nb", blob));
    damaged("directory `containers/app`: invalid mode 24996", entry("60644", "a\nb", blob));
  }

  @Test
  void objectsThatAreNotThereOrOthers() throws Exception {
    byte[] a = entry(FILE, "a", blob);
    damaged("file `containers/app/a`: its object is not there", entry(FILE, "a", NOWHERE));
    damaged(
        "directory `containers/app/a`: its object is not there", entry(DIRECTORY, "a", NOWHERE));
    damaged("directory `containers/app/a`: its object is of another kind", dir("a", blob));
    damaged("file `containers/app/a`: its object is of another kind", entry(FILE, "a", tree(a)));
    damaged("directory `containers/app`: truncated in object id", Arrays.copyOf(a, a.length - 7));
    damaged(
        "directory `containers/app/x\\n<0>forged`: its object is not there",
        dir("x\n<0>forged", NOWHERE));
  }

  private static byte[] dir(String name, String id) {
    return entry(DIRECTORY, name, id);
  }

  private void tooLarge(Result.Failed failed, String message) {
    assertThat(failed.code()).isEqualTo(Code.BB504);
    assertThat(failed.message()).isEqualTo(message);
    assertThat(failed.expected()).startsWith("at most ");
  }

  /** What Git could hold, and nobody here has the memory for. */
  @Test
  void whatIsTooLargeIsNotBroken() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < 300_000; i++) {
      out.writeBytes(entry(FILE, "%06d".formatted(i), blob));
    }
    byte[] wide = out.toByteArray();
    tooLarge(refused(wide), "directory `containers/app` has " + wide.length + " bytes");
  }

  @Test
  void aCommitThatIsTooLarge() throws Exception {
    String top = tree(entry(FILE, "a", blob));
    String who = " A <a@example.org> 0 +0000\n";
    String text =
        "tree " + top + "\nauthor" + who + "committer" + who + "\n" + "x".repeat(9_000_000);
    String commit = upstream.object("commit", text.getBytes(UTF_8));
    upstream.move("main", new CommitId(commit));
    tooLarge(failed(), "commit " + commit.substring(0, 7) + " has " + text.length() + " bytes");
  }

  /** It would take longer than there is time to be sent. */
  @Test
  void filesThatAreTooLargeTogether() throws Exception {
    byte[][] entries = new byte[4][];
    for (int i = 0; i < entries.length; i++) {
      byte[] content = new byte[400_000];
      content[0] = (byte) i;
      entries[i] = entry(FILE, "%02d".formatted(i), upstream.blob(content));
    }
    limits = new Limits(Duration.ofSeconds(30), 1 << 20, 1000, 1 << 20, 100, 32, 1 << 20);
    tooLarge(refused(entries), "its files have more than 1048576 bytes together");
  }

  /** It is refused beside others, and tried again. */
  @Test
  void whatNeedsMuchMemoryIsTakenInAlone() throws Exception {
    upstream.commit("main", Map.of("file", "x".repeat(9 << 20)));
    assertThat(fetch()).isInstanceOf(Result.Moved.class);
  }
}
