package io.bitbuilder.hypervisor.sync;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * JGit's view of {@link Web} during one operation: only the server of the source is ever talked to,
 * only it sees the credential, and every byte it sends is counted.
 */
final class GitHttp implements HttpConnectionFactory {
  private final Web web;
  private final URI from;
  private final @Nullable String authorization;
  private final Duration timeout;
  private final Budget budget;

  GitHttp(Web web, URI from, @Nullable String authorization, Duration timeout, Budget budget) {
    this.web = web;
    this.from = from;
    this.authorization = authorization;
    this.timeout = timeout;
    this.budget = budget;
  }

  @Override
  public HttpConnection create(URL url) throws IOException {
    try {
      Web.stays(from, url.toURI());
    } catch (URISyntaxException e) {
      throw new IOException("not an address", e);
    }
    HttpURLConnection http = web.open(url, timeout);
    if (authorization != null) {
      http.setRequestProperty("Authorization", authorization);
    }
    return new Connection(http, budget);
  }

  @Override
  public HttpConnection create(URL url, Proxy proxy) throws IOException {
    return create(url);
  }

  private record Connection(HttpURLConnection http, Budget budget) implements HttpConnection {
    @Override
    public int getResponseCode() throws IOException {
      return http.getResponseCode();
    }

    @Override
    public URL getURL() {
      return http.getURL();
    }

    @Override
    public String getResponseMessage() throws IOException {
      return String.valueOf(http.getResponseMessage());
    }

    @Override
    public Map<String, List<String>> getHeaderFields() {
      return http.getHeaderFields();
    }

    @Override
    public void setRequestProperty(String key, String value) {
      if (!key.equalsIgnoreCase("User-Agent")) {
        http.setRequestProperty(key, value);
      }
    }

    @Override
    public void setRequestMethod(String method) throws ProtocolException {
      http.setRequestMethod(method);
    }

    @Override
    public void setUseCaches(boolean usecaches) {
      http.setUseCaches(false);
    }

    @Override
    public void setConnectTimeout(int timeout) {
      // Web has set it.
    }

    @Override
    public void setReadTimeout(int timeout) {
      // Web has set it.
    }

    @Override
    public @Nullable String getContentType() {
      return http.getContentType();
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return budget.meter(http.getInputStream());
    }

    @Override
    public @Nullable String getHeaderField(String name) {
      return http.getHeaderField(name);
    }

    @Override
    public List<String> getHeaderFields(String name) {
      List<String> values = new ArrayList<>();
      http.getHeaderFields()
          .forEach((key, list) -> {
            if (name.equalsIgnoreCase(key)) {
              values.addAll(list);
            }
          });
      return values;
    }

    @Override
    public int getContentLength() {
      return http.getContentLength();
    }

    @Override
    public void setInstanceFollowRedirects(boolean followRedirects) {
      http.setInstanceFollowRedirects(false);
    }

    @Override
    public void setDoOutput(boolean dooutput) {
      http.setDoOutput(dooutput);
    }

    @Override
    public void setFixedLengthStreamingMode(int contentLength) {
      http.setFixedLengthStreamingMode(contentLength);
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      return http.getOutputStream();
    }

    @Override
    public void setChunkedStreamingMode(int chunklen) {
      http.setChunkedStreamingMode(chunklen);
    }

    @Override
    public String getRequestMethod() {
      return http.getRequestMethod();
    }

    @Override
    public boolean usingProxy() {
      return http.usingProxy();
    }

    @Override
    public void connect() throws IOException {
      http.connect();
    }

    @Override
    public void configure(KeyManager[] km, TrustManager[] tm, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("certificates are always checked");
    }

    @Override
    public void setHostnameVerifier(HostnameVerifier hostnameverifier)
        throws KeyManagementException {
      throw new KeyManagementException("host names are always checked");
    }
  }
}
