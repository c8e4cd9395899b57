package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.plan.Underlay;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How hosts reach each other, as compile hands it to activate: each value in the one form it has.
 */
final class UnderlayJson {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._=-]{0,63}");
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{43}=");
  private static final Pattern ADDRESS = Pattern.compile("f[cd][0-9a-f:]{2,37}");
  private static final Pattern ENDPOINT =
      Pattern.compile("([0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-fA-F:.]{2,45}\\]):[0-9]{1,5}");

  private UnderlayJson() {}

  static Map<String, Object> of(Underlay underlay) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("address", underlay.address());
    value.put("port", (long) underlay.port());
    value.put(
        "peers",
        underlay.peers().stream()
            .map(peer -> {
              Map<String, Object> one = new LinkedHashMap<>();
              one.put("name", peer.name());
              one.put("publicKey", peer.publicKey());
              one.put("endpoint", peer.endpoint());
              one.put("address", peer.address());
              return one;
            })
            .toList());
    return value;
  }

  static Underlay read(Fields fields) {
    long port = fields.number("port");
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("not a port of this host");
    }
    List<Underlay.Peer> peers =
        fields.objects("peers").stream()
            .map(peer ->
                new Underlay.Peer(
                    checked(NAME, peer.text("name")),
                    checked(KEY, peer.text("publicKey")),
                    checked(ENDPOINT, peer.text("endpoint")),
                    checked(ADDRESS, peer.text("address"))))
            .toList();
    return new Underlay(checked(ADDRESS, fields.text("address")), (int) port, peers);
  }

  private static String checked(Pattern pattern, String text) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("not what another host is reached by");
    }
    return text;
  }
}
