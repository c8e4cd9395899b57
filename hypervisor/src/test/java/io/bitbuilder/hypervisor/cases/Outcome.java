package io.bitbuilder.hypervisor.cases;

import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import java.util.List;
import java.util.SortedMap;

/**
 * What a case gave.
 *
 * @param findings all findings, sorted
 * @param files the files of all compiled tenants, by path
 */
record Outcome(List<Diagnostic> findings, SortedMap<String, FileTree.Node> files) {}
