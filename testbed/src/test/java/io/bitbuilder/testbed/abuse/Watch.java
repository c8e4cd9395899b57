package io.bitbuilder.testbed.abuse;

import io.bitbuilder.testbed.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What of a host must be the same before and after: by kind, lines in order. */
public final class Watch {
  /** Everything but the state of the product, and what tenants have. */
  private static final String FILES =
      """
      find /etc /root /home /opt /boot /srv/safe /var/lib/tenants/innocent /var/lib/tenants/neighbour -xdev \
        -path /etc/.pwd.lock -prune -o -printf '%p %y %m %U:%G %s %l\\n' | sort
      find /etc /root /srv/safe /var/lib/tenants/innocent/volumes -xdev -type f -exec sha256sum {} + | sort
      find /usr -xdev -printf '%p %y %m %U:%G %s %l %T@\\n' | sort | sha256sum
      ls -lan --time-style=full-iso /usr/bin /usr/lib/systemd/system | sha256sum
      ls -A / /var/lib /var/tmp /dev/shm
      """;

  private static final String KERNEL =
      """
      echo "links"; ip -o link | sed 's/^[0-9]*: //' | cut -d' ' -f1,2,3 | sort
      echo "routes"; ip -o route show table all; ip -o rule
      echo "mounts"; findmnt -rno TARGET,SOURCE,FSTYPE | grep -v ' proc \\|/run/user' | sort
      echo "nft"; nft list ruleset | sed 's/packets [0-9]* bytes [0-9]*//; s/expires [0-9a-z]*//'
      echo "sockets"; ss -Hlntup | awk '{print $1, $5, $7}' | sed 's/pid=[0-9]*/pid/g; s/fd=[0-9]*/fd/g' | sort
      echo "units"; systemctl list-units --all --plain --no-legend --type=service,socket,target,mount,timer,slice,path,scope \
        | awk '$3 == "active" && $4 != "exited" {print $1, $4}' | grep -v '^run-\\|^session\\|^user\\|^system-tenant.*slice' | sort
      echo "machines"; machinectl list --no-legend | awk '{print $1}' | sort
      echo "ours"; pgrep -u bitbuilder-fetch,bitbuilder-compile -a || :; pgrep -fa '^[^ ]*bitbuilder' || :
      """;

  private Watch() {}

  /** The state now. */
  public static Map<String, List<String>> of(Host host) {
    Map<String, List<String>> state = new TreeMap<>();
    state.put("files", host.sh(FILES).lines().toList());
    state.put("kernel", host.sh(KERNEL).lines().toList());
    return state;
  }

  /** What differs, line by line: {@code -} was there before, {@code +} is there now. */
  public static List<String> difference(
      Map<String, List<String>> before, Map<String, List<String>> after) {
    List<String> lines = new ArrayList<>();
    before.forEach((kind, was) -> {
      List<String> is = after.getOrDefault(kind, List.of());
      TreeSet<String> all = new TreeSet<>(was);
      all.addAll(is);
      for (String line : all) {
        if (!is.contains(line)) {
          lines.add(kind + " - " + line);
        }
        if (!was.contains(line)) {
          lines.add(kind + " + " + line);
        }
      }
    });
    return lines;
  }
}
