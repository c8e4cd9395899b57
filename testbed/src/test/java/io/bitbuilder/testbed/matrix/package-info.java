/**
 * Packets from everybody to everybody: {@code Party} is who there is, {@code Probes} what each
 * sends each, {@code Rules} what may arrive, {@code Exchange} sends and listens, {@code Matrix}
 * compares.
 */
@org.jspecify.annotations.NullMarked
package io.bitbuilder.testbed.matrix;
