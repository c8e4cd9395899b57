package io.bitbuilder.hypervisor.compiler;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over a sequence of texts; the boundaries between them count. */
final class Digest {
  private final MessageDigest sha256;

  Digest() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  Digest add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    sha256.update(bytes);
    return this;
  }

  /** All files and links, by path. */
  Digest add(FileTree tree) {
    tree.nodes()
        .forEach((path, node) -> {
          add(path);
          switch (node) {
            case FileTree.Text(String content) -> add("file").add(content);
            case FileTree.Link(String target) -> add("link").add(target);
          }
        });
    return this;
  }

  /** The digest in lowercase hexadecimal; ends the sequence. */
  String hex() {
    return HexFormat.of().formatHex(sha256.digest());
  }
}
