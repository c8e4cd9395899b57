package io.bitbuilder.testbed.abuse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * A bare repository made object by object, so that it may hold what git would not write. Objects
 * lie loose in it, or in a {@link HostilePack}. Branch main is what {@link #branch} was given, or
 * else a commit of the tree under {@link #root()}.
 */
public final class HostileRepository {
  /** Modes as they stand in a tree. */
  public static final String FILE = "100644";

  public static final String EXECUTABLE = "100755";
  public static final String LINK = "120000";
  public static final String DIRECTORY = "40000";
  public static final String SUBMODULE = "160000";

  private static final String WHO = "mallory <mallory@example.com> 1790000000 +0000";

  private final Path directory;
  private final Directory root = new Directory();
  private String main = "";

  HostileRepository(Path directory) {
    this.directory = directory;
    try {
      Files.createDirectories(directory.resolve("objects/pack"));
      Files.createDirectories(directory.resolve("objects/info"));
      Files.createDirectories(directory.resolve("refs/heads"));
      Files.writeString(directory.resolve("HEAD"), "ref: refs/heads/main\n");
      Files.writeString(
          directory.resolve("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A directory of the commit to be; its entries are sorted as git does unless told otherwise. */
  public final class Directory {
    /** The name as ISO 8859-1, which holds any bytes. */
    private record Entry(String name, String mode, String id, Directory below) {}

    private final List<Entry> entries = new ArrayList<>();
    private boolean asWritten;

    /** Adds an entry whose object is given by its id; the name may hold anything. */
    public Directory raw(byte[] name, String mode, String id) {
      entries.add(new Entry(new String(name, ISO_8859_1), mode, id, this));
      return this;
    }

    /** The same with a name in UTF-8. */
    public Directory entry(String name, String mode, String id) {
      return raw(name.getBytes(UTF_8), mode, id);
    }

    /** Adds a file. */
    public Directory file(String name, String content) {
      return entry(name, FILE, blob(content));
    }

    /** Adds a symbolic link. */
    public Directory link(String name, String target) {
      return entry(name, LINK, blob(target));
    }

    /** The directory of a name, added when it is not there. */
    public Directory in(String name) {
      String bytes = bytes(name);
      for (Entry entry : entries) {
        if (entry.id.isEmpty() && entry.name.equals(bytes)) {
          return entry.below;
        }
      }
      Directory below = new Directory();
      entries.add(new Entry(bytes, DIRECTORY, "", below));
      return below;
    }

    /** Leaves the entries in the order they were added. */
    public Directory asWritten() {
      asWritten = true;
      return this;
    }

    /** Takes an entry out. */
    public Directory without(String name) {
      entries.removeIf(entry -> entry.name.equals(bytes(name)));
      return this;
    }

    /** Writes it and all below; gives its id. */
    String write() {
      List<Entry> sorted = new ArrayList<>(entries);
      if (!asWritten) {
        sorted.sort((a, b) -> Arrays.compareUnsigned(key(a), key(b)));
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (Entry entry : sorted) {
        out.writeBytes(
            HostileRepository.entry(
                entry.name.getBytes(ISO_8859_1),
                entry.mode,
                entry.id.isEmpty() ? entry.below.write() : entry.id));
      }
      return object("tree", out.toByteArray());
    }

    private static byte[] key(Entry entry) {
      String end = entry.mode.equals(DIRECTORY) ? "/" : "";
      return (entry.name + end).getBytes(ISO_8859_1);
    }

    private static String bytes(String name) {
      return new String(name.getBytes(UTF_8), ISO_8859_1);
    }
  }

  /** The top of the tree. */
  public Directory root() {
    return root;
  }

  /** The directory at a path of plain names. */
  public Directory at(String path) {
    Directory here = root;
    for (String name : path.split("/", -1)) {
      here = here.in(name);
    }
    return here;
  }

  /** Adds or replaces a file at a path of plain names. */
  public HostileRepository file(String path, String content) {
    return object(path, FILE, blob(content));
  }

  /** The same of bytes. */
  public HostileRepository file(String path, byte[] content) {
    return object(path, FILE, object("blob", content));
  }

  /** Adds a symbolic link at a path of plain names, in the place of what is there. */
  public HostileRepository link(String path, String target) {
    return object(path, LINK, blob(target));
  }

  /** Adds an object that is there already at a path of plain names. */
  public HostileRepository object(String path, String mode, String id) {
    int slash = path.lastIndexOf('/');
    Directory parent = slash < 0 ? root : at(path.substring(0, slash));
    String name = path.substring(slash + 1);
    parent.without(name).entry(name, mode, id);
    return this;
  }

  /** One entry of a tree. */
  public static byte[] entry(byte[] name, String mode, String id) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes((mode + " ").getBytes(ISO_8859_1));
    out.writeBytes(name);
    out.write(0);
    out.writeBytes(HexFormat.of().parseHex(id));
    return out.toByteArray();
  }

  /** Writes a file's content; gives its id. */
  public String blob(String content) {
    return object("blob", content.getBytes(UTF_8));
  }

  /** Writes a commit of a tree; gives its id. */
  public String commit(String tree, String message) {
    return object("commit", commitText(tree, message).getBytes(UTF_8));
  }

  /** What a plain commit of a tree says. */
  public static String commitText(String tree, String message) {
    return "tree " + tree + "\nauthor " + WHO + "\ncommitter " + WHO + "\n\n" + message + "\n";
  }

  /** Writes a loose object of any type and content; gives its id. */
  public String object(String type, byte[] content) {
    byte[] header = (type + " " + content.length + "\0").getBytes(ISO_8859_1);
    MessageDigest hash = sha1();
    hash.update(header);
    String id = HexFormat.of().formatHex(hash.digest(content));
    Path file = directory.resolve("objects/" + id.substring(0, 2) + "/" + id.substring(2));
    if (Files.exists(file)) {
      return id;
    }
    try {
      Files.createDirectories(file.getParent());
      try (OutputStream out =
          new DeflaterOutputStream(
              Files.newOutputStream(file), new Deflater(Deflater.BEST_SPEED))) {
        out.write(header);
        out.write(content);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return id;
  }

  /** Puts a pack, with its index, among the objects. */
  public void pack(HostilePack pack) {
    pack.write(directory.resolve("objects/pack"));
  }

  /** Where branch main is to be, whatever kind of object that is. */
  public void branch(String id) {
    main = id;
  }

  /** Puts any file beside the objects. */
  public void store(String path, String content) {
    try {
      Path file = directory.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes what is missing; gives the id main is at. */
  String finish() {
    if (main.isEmpty()) {
      main = commit(root.write(), "hostile");
    }
    store("refs/heads/main", main + "\n");
    return main;
  }

  static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
