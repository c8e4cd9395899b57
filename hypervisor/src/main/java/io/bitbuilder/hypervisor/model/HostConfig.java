package io.bitbuilder.hypervisor.model;

import java.util.List;

/**
 * /etc/bitbuilder/host.yaml: all a host is told by hand.
 *
 * @param url the system repository
 * @param ref its branch
 * @param credential the system credential that opens it, or empty
 * @param verify how its commits are verified
 * @param signers keys whose signatures count for it, as {@link Signer} has them
 * @param name of the host among others, or empty for that of /etc/hostname
 * @param tags added to the machine's tags
 */
public record HostConfig(
    String url,
    String ref,
    String credential,
    VerifyMode verify,
    List<String> signers,
    String name,
    List<String> tags,
    Origin origin) {
  public HostConfig {
    signers = List.copyOf(signers);
    tags = List.copyOf(tags);
  }
}
