package io.bitbuilder.hypervisor.manager;

/** {@code io.bitbuilder.Tenant} as Varlink describes interfaces (https://varlink.org). */
final class TenantInterface {
  static final String NAME = "io.bitbuilder.Tenant";

  static final String DESCRIPTION =
      """
      # What a tenant may see and steer of itself, from inside its infrastructure instance.
      # Whose tenant it is follows from the socket, never from what a caller says.
      interface io.bitbuilder.Tenant

      # The version of the tenant's repository that runs.
      type Generation (
        number: int,
        commit: string,
        author: string,
        subject: string,
        # activating, healthy, degraded, refused or superseded; empty before there is one
        verdict: string,
        # why, when it is not healthy
        reason: string
      )

      # A container or a machine.
      type Guest (
        name: string,
        kind: (container, machine),
        # as systemd says: active, inactive, activating, deactivating, failed
        state: string,
        # success, or why it failed: exit-code, timeout, start-limit-hit, ...
        result: string,
        # in seconds since 1970-01-01, when it last changed its state; 0 if it never did
        since: int,
        # how often it was restarted by itself since somebody started it
        restarts: int,
        # empty when it has no network
        address: string,
        # a digest of the image it was made from, or host
        image: string,
        # whether it starts with the tenant
        autostart: bool
      )

      # The tenant and its guests, by name. health is what scripts/health-check.sh says again and
      # again: healthy, unhealthy, or empty without one.
      method List() -> (tenant: string, generation: Generation, health: string, guests: []Guest)

      # One guest.
      method Describe(name: string) -> (guest: Guest)

      # These answer when it is done, or at once for the instance it is asked from. What Git declares is not changed: at the next boot, or when a
      # push changes the guest, it is as declared.
      method Start(name: string) -> ()
      method Stop(name: string) -> ()
      method Restart(name: string) -> ()

      # Looks for new commits now, without waiting for it.
      method Sync() -> ()

      # The tenant has no guest of this name.
      error NoSuchGuest (name: string)

      # It could not be done; the journal of the guest says more.
      error Failed (reason: string)

      # Another start, stop or restart of this tenant is under way, or the last sync was a moment ago.
      error Busy (retryAfterSeconds: int)
      """;

  private TenantInterface() {}
}
