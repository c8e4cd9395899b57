/** Boots real hosts, in seconds, to prove what the product promises. */
@org.jspecify.annotations.NullMarked
package io.bitbuilder.testbed;
