package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds the tenants of a directory: each bare repository {@code tenant-*} in it is one. */
public final class DirectoryScan {
  private static final String PREFIX = "tenant-";
  private static final String SUFFIX = ".git";

  private DirectoryScan() {}

  /**
   * Looks into a directory.
   *
   * @param url the directory as the configuration names it, a file URL
   * @throws IOException when it is not there or cannot be read: nobody knows then what is in it
   */
  public static List<FetchState.Found> find(String url) throws IOException {
    Path directory;
    try {
      directory = Path.of(String.valueOf(URI.create(url).getPath()));
    } catch (IllegalArgumentException e) {
      throw new IOException("not a file URL", e);
    }
    List<FetchState.Found> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, PREFIX + "*")) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        String id =
            name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
        if (TenantId.isValid(id)
            && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)
            && Files.isRegularFile(entry.resolve("HEAD"))
            && Files.isDirectory(entry.resolve("objects"))) {
          found.add(new FetchState.Found(new TenantId(id), url, address(entry)));
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    found.sort(Comparator.comparing(one -> one.tenant().value()));
    return found;
  }

  private static String address(Path repository) {
    String path = repository.toAbsolutePath().toUri().getRawPath();
    return "file://" + (path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
  }
}
