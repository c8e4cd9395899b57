package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.ByteSize;

/**
 * What a host has, before anything is kept back for itself.
 *
 * @param cpuMillis processors that are online, in thousandths
 * @param memory main memory
 * @param storage size of the file system tenants' data lies on
 */
public record Capacity(int cpuMillis, ByteSize memory, ByteSize storage) {}
