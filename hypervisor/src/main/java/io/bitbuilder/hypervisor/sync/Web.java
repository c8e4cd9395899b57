package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.function.Predicate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Opens HTTP connections: no redirect followed, no cookie, no proxy of the environment, the
 * certificates of the host trusted. Connections are kept and used again by all that run at once.
 */
final class Web {
  static final String AGENT = "bitbuilder";

  private static final Duration CONNECT = Duration.ofSeconds(10);

  static {
    // Connections kept per server; the default of 5 would close most of them after each answer.
    System.setProperty("http.maxConnections", "64");
    // Host is one of the headers only whoever says so may set; see outside.
    System.setProperty("sun.net.http.allowRestrictedHeaders", "true");
  }

  private final Path authorities;
  private final Resolver resolver;
  private final Predicate<InetAddress> allowed;
  private @Nullable SSLSocketFactory tls;
  private @Nullable SSLSocketFactory guarded;

  /** From the name of a host to an address. */
  @FunctionalInterface
  interface Resolver {
    /** The address to connect to. */
    InetAddress address(String host) throws UnknownHostException;
  }

  /**
   * Trusts what the host trusts.
   *
   * @param root the directory the host's files are under
   */
  Web(Path root) {
    this(root, InetAddress::getByName, Outside::is);
  }

  Web(Path root, Resolver resolver, Predicate<InetAddress> allowed) {
    this.resolver = resolver;
    this.allowed = allowed;
    this.authorities = root.resolve("etc/ssl/certs/ca-certificates.crt");
  }

  /** A server wants us to go somewhere else. */
  static final class Redirected extends IOException {
    private static final long serialVersionUID = 1;

    Redirected(String location) {
      super("the server redirects to " + Quote.quote(location));
    }
  }

  /**
   * Prepares a request; nothing is sent yet.
   *
   * @param timeout for one read; for connecting it is at most 10 seconds
   */
  HttpURLConnection open(URL url, Duration timeout) throws IOException {
    return open(url, timeout, false);
  }

  /**
   * The same to an address outside: what a name stands for is not what its owner wrote. A host that
   * is written as a number is meant.
   *
   * @throws Outside.Inside when the name stands for an internal address; with https not before
   *     connecting
   */
  HttpURLConnection outside(URL url, Duration timeout) throws IOException {
    String host = url.getHost();
    if (Outside.isNumber(host)) {
      return open(url, timeout);
    }
    if (url.getProtocol().equals("https")) {
      return open(url, timeout, true);
    }
    // Without TLS nothing of ours is asked when it connects: so the name is looked up here, once,
    // and the number connected to.
    InetAddress address = resolver.address(host);
    if (!allowed.test(address)) {
      throw new Outside.Inside(host, address);
    }
    HttpURLConnection http = open(at(url, address), timeout);
    http.setRequestProperty("Host", url.getPort() < 0 ? host : host + ":" + url.getPort());
    return http;
  }

  private static URL at(URL url, InetAddress address) throws IOException {
    String literal = address.getHostAddress();
    String host = address instanceof Inet6Address ? "[" + literal + "]" : literal;
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    return URI.create("http://" + host + port + url.getFile()).toURL();
  }

  private HttpURLConnection open(URL url, Duration timeout, boolean guard) throws IOException {
    URLConnection connection = url.openConnection(Proxy.NO_PROXY);
    if (!(connection instanceof HttpURLConnection http)) {
      throw new IOException("not a web address");
    }
    http.setInstanceFollowRedirects(false);
    http.setUseCaches(false);
    http.setConnectTimeout((int) Math.min(CONNECT.toMillis(), timeout.toMillis()));
    http.setReadTimeout((int) timeout.toMillis());
    http.setRequestProperty("User-Agent", AGENT);
    if (http instanceof HttpsURLConnection https) {
      https.setSSLSocketFactory(guard ? guarded() : tls());
    }
    return http;
  }

  /**
   * Whether a redirect stays with the server: same host, and not from https to http.
   *
   * @throws Redirected when it does not
   */
  static void stays(URI from, URI to) throws Redirected {
    boolean same = Source.endpoint(from).equals(Source.endpoint(to));
    boolean secured =
        "http".equals(from.getScheme())
            && "https".equals(to.getScheme())
            && from.getPort() < 0
            && to.getPort() < 0
            && String.valueOf(from.getHost()).equalsIgnoreCase(to.getHost());
    if (!same && !secured) {
      throw new Redirected(to.toString());
    }
  }

  /** One factory for all, or neither connections nor sessions are used again. */
  private synchronized SSLSocketFactory tls() throws IOException {
    SSLSocketFactory factory = tls;
    if (factory == null) {
      factory = factory();
      tls = factory;
    }
    return factory;
  }

  private synchronized SSLSocketFactory guarded() throws IOException {
    SSLSocketFactory factory = guarded;
    if (factory == null) {
      factory = new Guarded(tls(), allowed);
      guarded = factory;
    }
    return factory;
  }

  private SSLSocketFactory factory() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      if (Files.isRegularFile(authorities)) {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        try (InputStream in = Files.newInputStream(authorities)) {
          for (Certificate certificate :
              CertificateFactory.getInstance("X.509").generateCertificates(in)) {
            store.setCertificateEntry(String.valueOf(number++), certificate);
          }
        }
        TrustManagerFactory trust =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        context.init(null, trust.getTrustManagers(), null);
      } else {
        context.init(null, null, null);
      }
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates of the host cannot be read", e);
    }
  }
}
