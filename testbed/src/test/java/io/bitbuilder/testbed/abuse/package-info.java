/**
 * What whoever owns a tenant's repository, or the server of it, may try: a list of attacks, what
 * each must come to, and what has to be the same on the host afterwards.
 */
@org.jspecify.annotations.NullMarked
package io.bitbuilder.testbed.abuse;
