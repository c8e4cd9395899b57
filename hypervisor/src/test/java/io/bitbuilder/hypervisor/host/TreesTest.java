package io.bitbuilder.hypervisor.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreesTest {
  @TempDir Path temp;

  @Test
  void aTreeGoesAndWhatItsLinksPointToStays() throws IOException {
    Path outside = Files.createDirectories(temp.resolve("outside"));
    Files.writeString(outside.resolve("file"), "x");
    Path tree = Files.createDirectories(temp.resolve("tree/a/b"));
    Files.writeString(tree.resolve("file"), "x");
    Files.createSymbolicLink(tree.resolve("link"), outside);
    Files.createSymbolicLink(tree.resolve("dangling"), Path.of("/nowhere"));
    Trees.delete(temp.resolve("tree"));
    assertThat(temp.resolve("tree")).doesNotExist();
    assertThat(outside.resolve("file")).exists();
  }

  @Test
  void aTopThatIsALinkIsDeletedItself() throws IOException {
    Path outside = Files.createDirectories(temp.resolve("outside"));
    Files.createSymbolicLink(temp.resolve("top"), outside);
    Trees.delete(temp.resolve("top"));
    assertThat(temp.resolve("top")).doesNotExist();
    assertThat(outside).exists();
  }

  @Test
  void whatIsNotThereIsNoError() throws IOException {
    Trees.delete(temp.resolve("nothing"));
    Trees.delete(temp.resolve("nothing/below"));
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void mountsAreFoundByWholeNames() throws IOException {
    Path mountinfo = temp.resolve("mountinfo");
    Files.writeString(
        mountinfo,
        """
        22 1 8:1 / / rw - ext4 /dev/vda rw
        23 22 0:5 / /var/lib/tenants/acme/x rw - tmpfs tmpfs rw
        """);
    assertThat(Trees.hasMounts(Path.of("/var/lib/tenants/acme"), mountinfo)).isTrue();
    assertThat(Trees.hasMounts(Path.of("/var/lib/tenants/acme/x"), mountinfo)).isTrue();
    assertThat(Trees.hasMounts(Path.of("/var/lib/tenants/ac"), mountinfo)).isFalse();
    assertThat(Trees.hasMounts(Path.of("/var/lib/tenants/acme/x/y"), mountinfo)).isFalse();
  }

  @Test
  void bytesAreThoseOfTheFilesInIt() throws IOException {
    Path tree = Files.createDirectories(temp.resolve("tree/in"));
    Files.write(tree.resolve("a"), new byte[10]);
    Files.write(tree.resolveSibling("b"), new byte[5]);
    Files.write(temp.resolve("other"), new byte[1000]);
    Files.createSymbolicLink(tree.resolve("link"), temp.resolve("other"));
    assertThat(Trees.bytes(temp.resolve("tree"))).isEqualTo(15);
    assertThat(Trees.bytes(temp.resolve("absent"))).isZero();
  }
}
