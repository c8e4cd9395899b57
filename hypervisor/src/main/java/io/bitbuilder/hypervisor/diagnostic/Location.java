package io.bitbuilder.hypervisor.diagnostic;

/**
 * Where a finding is: repository, commit, file, place in the file and JSON pointer (RFC 6901).
 *
 * @param repository the tenant id, {@code system}, or empty for a plain directory
 * @param commit the abbreviated commit, or empty for a plain directory
 * @param path the path inside the repository, or empty for the repository as a whole
 * @param span the place in the file
 * @param pointer the JSON pointer of the value, or empty for the whole document
 * @param sourceLine the text of the line, or empty when it is not at hand
 */
public record Location(
    String repository, String commit, String path, Span span, String pointer, String sourceLine) {
  /** The place of a finding about a whole file. */
  public static Location ofFile(String repository, String commit, String path) {
    return new Location(repository, commit, path, Span.START, "", "");
  }

  /** {@code repository@commit:path:line:column}, leaving out what is not known. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(repository);
    if (!commit.isEmpty()) {
      text.append('@').append(commit);
    }
    if (!path.isEmpty()) {
      if (!text.isEmpty()) {
        text.append(':');
      }
      text.append(path).append(':').append(span.line()).append(':').append(span.column());
    }
    return text.toString();
  }
}
