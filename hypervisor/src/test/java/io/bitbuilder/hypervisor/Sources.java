package io.bitbuilder.hypervisor;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The Java sources of both modules, parsed and not analysed. */
record Sources(List<Unit> units, Trees trees) {

  /** One source file, its path relative to the repository. */
  record Unit(Path path, CompilationUnitTree tree, int lines) {
    boolean isProduct() {
      return path.startsWith("hypervisor/src/main");
    }
  }

  static Sources read(Path repository) throws IOException {
    List<Path> paths = new ArrayList<>();
    for (String module : List.of("hypervisor/src", "testbed/src")) {
      try (Stream<Path> files = Files.walk(repository.resolve(module))) {
        files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(paths::add);
      }
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  manager,
                  null,
                  List.of("-proc:none"),
                  null,
                  manager.getJavaFileObjectsFromPaths(paths));
      List<Unit> units = new ArrayList<>();
      for (CompilationUnitTree tree : task.parse()) {
        Path path = repository.relativize(Path.of(tree.getSourceFile().toUri()));
        units.add(new Unit(path, tree, Files.readAllLines(repository.resolve(path)).size()));
      }
      return new Sources(units, Trees.instance(task));
    }
  }
}
