/**
 * The case corpus: src/test/cases holds one directory per case, a miniature repository with a file
 * {@code EXPECT} beside it. Cases are found by walking; see docs/how-to/cases.md.
 */
@org.jspecify.annotations.NullMarked
package io.bitbuilder.hypervisor.cases;
