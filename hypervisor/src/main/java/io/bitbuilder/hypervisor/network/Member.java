package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Port;

/** A guest and its place in a network. */
record Member(Guest guest, Port port) {}
