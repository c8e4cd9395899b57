/**
 * OpenPGP and SSH signatures on bytes: whose they are, or why they do not count. {@link
 * io.bitbuilder.hypervisor.signature.SignedObject} takes a Git commit or tag apart, {@link
 * io.bitbuilder.hypervisor.signature.Verifier} judges. It knows no repository, no policy and no
 * file, and must never say yes where git, gpg or ssh-keygen say no. Bouncy Castle does the
 * arithmetic of OpenPGP; what counts is decided here.
 */
@NullMarked
package io.bitbuilder.hypervisor.signature;

import org.jspecify.annotations.NullMarked;
