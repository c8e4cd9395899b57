/**
 * Secrets of tenants as ciphertext: the two forms a repository may hold them in ({@link
 * io.bitbuilder.hypervisor.secret.Ciphertext}), and sealing for hosts by their public keys ({@link
 * io.bitbuilder.hypervisor.secret.Sealing}). It knows no file, no host and no policy. Bouncy Castle
 * does the arithmetic of HPKE (RFC 9180).
 */
@NullMarked
package io.bitbuilder.hypervisor.secret;

import org.jspecify.annotations.NullMarked;
