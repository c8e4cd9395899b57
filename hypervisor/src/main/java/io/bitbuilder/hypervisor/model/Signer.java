package io.bitbuilder.hypervisor.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Somebody whose signature may count, as the operator's registry says.
 *
 * @param name by which tenants' entries name them
 * @param keys their keys: lines as ssh-keygen writes public keys, and {@code openpgp:} with the
 *     lowercase fingerprint of a certificate
 * @param roles what they may do beside signing commits
 * @param from when their signatures begin to count, if ever they did not
 * @param until when they cease to, if ever
 * @param revoked whether they never count, whenever they were made
 */
public record Signer(
    String name,
    List<String> keys,
    Set<Role> roles,
    Optional<Instant> from,
    Optional<Instant> until,
    boolean revoked) {
  /** What stands before the fingerprint of a certificate. */
  public static final String OPENPGP = "openpgp:";

  public Signer {
    keys = List.copyOf(keys);
    roles = Set.copyOf(roles);
  }

  /** Somebody a host was told of by hand: nothing but keys. */
  public static Signer ofHost(String name, List<String> keys) {
    return new Signer(name, keys, Set.of(Role.OPERATE), Optional.empty(), Optional.empty(), false);
  }

  /** Whether their signatures count at a moment. */
  public boolean countsAt(Instant moment) {
    return from.map(first -> !moment.isBefore(first)).orElse(true)
        && until.map(end -> moment.isBefore(end)).orElse(true);
  }

  /** What somebody may do beside signing commits of tenants that name them. */
  public enum Role {
    /** Answers for history: a merge's other lines, and all before a commit that says so. */
    VOUCH,
    /** Signs commits of the system repository that follow the one that names them. */
    OPERATE
  }
}
