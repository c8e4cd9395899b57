package io.bitbuilder.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Bare repositories inside a host, each with branch main, and a real server that gives them out:
 * none for {@code file://}, sshd with git-shell, or nginx with git http-backend behind TLS.
 */
public final class GitServer {
  /** The name other hosts know the server by, once it has {@linkplain #admit admitted} them. */
  public static final String NAME = "git.example.org";

  private static final String COMMIT =
      """
      bare=/srv/git/$1.git work=$4
      [ -d "$bare" ] || git init -q --bare -b main "$bare"
      cd "$work"
      git init -q -b main
      git fetch -q "$bare" '+refs/heads/*:refs/remotes/origin/*'
      if [ "$2" = append ] && git rev-parse -q --verify origin/main >/dev/null; then
        git reset -q --soft origin/main
      fi
      git add -A
      [ -z "$5" ] || set -- "$@" -c gpg.format=ssh -c user.signingKey="/srv/keys/$5.pub" -c commit.gpgSign=true
      message=$3
      shift 5
      git -c user.name=test -c user.email=test@example.com "$@" commit -q --allow-empty -m "$message"
      git push -q --force "$bare" HEAD:main
      git rev-parse HEAD
      cd /
      rm -rf "$work"\
      """;

  /** Standard input: lines {@code repository path base64}; one commit per repository. */
  private static final String SEED =
      """
      mkdir -p /srv/git
      finish() { [ -z "$now" ] || { echo 'done' >>/tmp/seed.import
        git init -q --bare -b main --template= "/srv/git/$now.git"
        git -C "/srv/git/$now.git" fast-import --quiet --done </tmp/seed.import; }; }
      now=
      while read -r repository size path; do
        if [ "$repository" != "$now" ]; then
          finish
          now=$repository
          printf 'commit refs/heads/main\\ncommitter test <test@example.com> 1790000000 +0000\\ndata 4\\nseed\\n' >/tmp/seed.import
        fi
        printf 'M 100644 inline %s\\ndata %s\\n' "$path" "$size" >>/tmp/seed.import
        head -c "$size" "/srv/seed/$repository/$path" >>/tmp/seed.import
        echo >>/tmp/seed.import
      done </srv/seed/.list
      finish
      rm -rf /srv/seed\
      """;

  private static final String SSHD =
      """
      git config --system --replace-all safe.directory '*'
      id git >/dev/null 2>&1 || useradd --system --shell /usr/bin/git-shell --create-home --home-dir /home/git git
      ssh-keygen -A >/dev/null
      [ -e /root/deploy ] || ssh-keygen -q -t ed25519 -N '' -C deploy -f /root/deploy
      install -d -o git -g git -m 700 /home/git/.ssh
      printf 'restrict %s\\n' "$(cat /root/deploy.pub)" >/home/git/.ssh/authorized_keys
      chown git: /home/git/.ssh/authorized_keys
      systemctl start ssh.service\
      """;

  private static final String NGINX =
      """
      git config --system --replace-all safe.directory '*'
      cd /etc/nginx
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -quiet \
        -subj "/CN=$1" -addext "subjectAltName=DNS:$1" -keyout git.key -out git.crt
      printf 'token:%s\\n' "$(openssl passwd -6 "$2")" >git.htpasswd
      cat >sites-enabled/default <<'CONFIG'
      server {
        listen 443 ssl;
        ssl_certificate /etc/nginx/git.crt;
        ssl_certificate_key /etc/nginx/git.key;
        auth_basic git;
        auth_basic_user_file /etc/nginx/git.htpasswd;
        location ~ ^/([a-z0-9-]+\\.git/.*)$ {
          include fastcgi_params;
          fastcgi_pass unix:/run/fcgiwrap.socket;
          fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
          fastcgi_param GIT_PROJECT_ROOT /srv/git;
          fastcgi_param GIT_HTTP_EXPORT_ALL 1;
          fastcgi_param PATH_INFO /$1;
          fastcgi_param REMOTE_USER $remote_user;
        }
      }
      CONFIG
      systemctl start fcgiwrap.socket nginx.service\
      """;

  private static final AtomicInteger WORK = new AtomicInteger();

  /** How repositories are reached. */
  private enum Access {
    FILE,
    SSH,
    HTTPS
  }

  private final Host host;
  private final Access access;
  private final String name;
  private String signer = "";

  private GitServer(Host host, Access access, String name) {
    this.host = host;
    this.access = access;
    this.name = name;
  }

  /** Repositories the host itself reads as files. */
  public static GitServer files(Host host) {
    host.succeeds("mkdir", "-p", "/srv/git");
    return new GitServer(host, Access.FILE, NAME);
  }

  /** Repositories behind sshd; git-shell serves whoever holds the deploy key. */
  public static GitServer ssh(Host host) {
    host.succeeds("mkdir", "-p", "/srv/git");
    host.sh(SSHD);
    return new GitServer(host, Access.SSH, NAME);
  }

  /** The same, known by its address: to hosts that nobody can tell a name. */
  public static GitServer sshByAddress(Host host) {
    ssh(host);
    return new GitServer(host, Access.SSH, host.address());
  }

  /** The deploy key of a server behind sshd. */
  public String deployKey() {
    return host.read("/root/deploy");
  }

  /** The line of a server behind sshd in a file of known hosts. */
  public String knownHost() {
    return name + " " + host.sh("cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub") + "\n";
  }

  /**
   * The system credentials by which an immutable host finds its system repository on a server
   * behind sshd, whose commits this one signs.
   */
  public Map<String, String> hostCredentials(String signer) {
    return Map.of(
        "bitbuilder.host",
        "systemRepository: {url: \"%s\", credential: git}\nsigners: [\"%s\"]\n"
            .formatted(url("system"), key(signer)),
        "bitbuilder.git",
        deployKey(),
        "bitbuilder.known_hosts",
        knownHost());
  }

  /** Repositories behind nginx with TLS; whoever holds the token may read. */
  public static GitServer https(Host host) {
    host.succeeds("mkdir", "-p", "/srv/git");
    host.sh(NGINX, NAME, token());
    return new GitServer(host, Access.HTTPS, NAME);
  }

  /** The address of a repository, as a host would be given it. */
  public String url(String repository) {
    return switch (access) {
      case FILE -> "file:///srv/git/" + repository + ".git";
      case SSH -> "ssh://git@" + name + "/srv/git/" + repository + ".git";
      case HTTPS -> "https://" + name + "/" + repository + ".git";
    };
  }

  /**
   * Lets a host in: it learns the server's name, trusts its host key or its certificate, and has
   * the deploy key or the token as system credential {@code bitbuilder.NAME}.
   */
  public void admit(Host client, String credential) {
    String stored = "/etc/credstore/bitbuilder." + credential;
    switch (access) {
      case FILE -> {}
      case SSH -> {
        client.write("/etc/ssh/ssh_known_hosts", knownHost());
        client.write(stored, deployKey());
      }
      case HTTPS -> {
        client.write(
            "/usr/local/share/ca-certificates/testbed.crt", host.read("/etc/nginx/git.crt"));
        client.succeeds("update-ca-certificates");
        client.write(stored, "token:" + token() + "\n");
      }
    }
    if (access != Access.FILE) {
      client.sh("chmod 600 \"$1\"", stored);
      client.sh("printf '%s %s\\n' \"$1\" \"$2\" >>/etc/hosts", host.address(), NAME);
    }
  }

  /** The public key of somebody who signs, made when it is asked for first. */
  public String key(String name) {
    return host.sh(
        """
        [ -e "/srv/keys/$1" ] || { mkdir -p /srv/keys; ssh-keygen -q -t ed25519 -N '' -C "$1" -f "/srv/keys/$1"; }
        cat "/srv/keys/$1.pub"\
        """,
        name);
  }

  /** Who signs the commits from now on; nobody when empty. */
  public void signAs(String name) {
    if (!name.isEmpty()) {
      key(name);
    }
    signer = name;
  }

  /** Commits exactly these files (path to content) on top of main; gives the commit id. */
  public String push(String repository, String subject, Map<String, String> files) {
    return commit(repository, "append", subject, files);
  }

  /** Replaces the history of main by one commit with exactly these files. */
  public String forcePush(String repository, String subject, Map<String, String> files) {
    return commit(repository, "replace", subject, files);
  }

  /** Makes many repositories of one commit each, fast; none of them may exist. */
  public void seed(Map<String, Map<String, String>> repositories) {
    StringBuilder list = new StringBuilder();
    Map<String, String> files = new TreeMap<>();
    new TreeMap<>(repositories)
        .forEach((repository, content) ->
            content.forEach((path, text) -> {
              int size = text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
              list.append(repository + " " + size + " " + path + "\n");
              files.put(repository + "/" + path, text);
            }));
    files.put(".list", list.toString());
    upload(files, "/srv/seed");
    host.sh(SEED);
  }

  /** Takes the server away: nothing answers any more. */
  public void stop() {
    switch (access) {
      case FILE -> host.succeeds("mv", "/srv/git", "/srv/git.stopped");
      case SSH -> host.succeeds("systemctl", "stop", "ssh.service", "ssh.socket");
      case HTTPS -> host.succeeds("systemctl", "stop", "nginx.service");
    }
  }

  /** Brings it back. */
  public void start() {
    switch (access) {
      case FILE -> host.succeeds("mv", "/srv/git.stopped", "/srv/git");
      case SSH -> host.succeeds("systemctl", "start", "ssh.service");
      case HTTPS -> host.succeeds("systemctl", "start", "nginx.service");
    }
  }

  /** The password of user {@code token}, the same for every https server of a test run. */
  private static String token() {
    return "testbed-" + ProcessHandle.current().pid();
  }

  private String commit(String repository, String how, String subject, Map<String, String> files) {
    String work = "/srv/work/" + WORK.incrementAndGet();
    upload(files, work);
    return host.sh(COMMIT, repository, how, subject, work, signer);
  }

  private void upload(Map<String, String> files, String to) {
    try {
      Path from = Files.createTempDirectory("testbed");
      try {
        for (Map.Entry<String, String> file : files.entrySet()) {
          Path path = from.resolve(file.getKey());
          Files.createDirectories(path.getParent());
          Files.writeString(path, file.getValue());
          if (file.getValue().startsWith("#!")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
          }
        }
        host.push(from, to);
      } finally {
        try (Stream<Path> all = Files.walk(from)) {
          for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(path);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the server answers (its units are up before their sockets always are). */
  public void waitUntilAnswering() {
    switch (access) {
      case FILE -> {}
      case SSH -> host.eventually(Duration.ofSeconds(10), "nc -z 127.0.0.1 22");
      case HTTPS -> host.eventually(Duration.ofSeconds(10), "nc -z 127.0.0.1 443");
    }
  }
}
