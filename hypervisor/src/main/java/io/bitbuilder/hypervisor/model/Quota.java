package io.bitbuilder.hypervisor.model;

/**
 * What the operator grants a tenant, or what a tenant claims of it.
 *
 * @param cpuMillis processors, in thousandths (8 processors are 8000)
 * @param memory memory
 * @param storage storage
 * @param machines how many machines
 * @param containers how many containers
 */
public record Quota(
    int cpuMillis, ByteSize memory, ByteSize storage, int machines, int containers) {}
