package io.bitbuilder.hypervisor;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Holds the code to ARCHITECTURE.md; the table of packages is read from that page. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ArchitectureTest {
  private static final String ROOT = "io.bitbuilder.hypervisor";
  private static final int FILE_LIMIT = 600;
  private static final int FILE_NOTICE = 400;
  private static final int METHOD_LIMIT = 60;
  private static final int PACKAGE_LIMIT = 20;

  /** Files of more than 400 lines, by name; the list only ever gets shorter. */
  private static final Set<String> LARGE_FILES =
      Set.of("hypervisor/src/main/java/io/bitbuilder/hypervisor/reconcile/CompileRun.java");

  /** Packages of more than 20 files, each with the reason. */
  private static final Map<String, String> LARGE_PACKAGES =
      Map.of(
          "hypervisor/src/main/java/io/bitbuilder/hypervisor/cli", "one file per verb",
          "hypervisor/src/main/java/io/bitbuilder/hypervisor/compiler",
              "one file per kind of file of a generation",
          "hypervisor/src/main/java/io/bitbuilder/hypervisor/discovery",
              "one file per kind of document",
          "hypervisor/src/main/java/io/bitbuilder/hypervisor/generation",
              "one file per file on disk",
          "hypervisor/src/main/java/io/bitbuilder/hypervisor/host",
              "one file per thing outside, and what is real of it",
          "hypervisor/src/main/java/io/bitbuilder/hypervisor/reconcile",
              "one file per verb that changes a host, and what they share",
          "hypervisor/src/main/java/io/bitbuilder/hypervisor/signature",
              "one file per form of key, signature and object",
          "hypervisor/src/main/java/io/bitbuilder/hypervisor/sync",
              "one file per protocol and limit",
          "hypervisor/src/main/java/io/bitbuilder/hypervisor/plan", "one file per kind of choice",
          "hypervisor/src/main/java/io/bitbuilder/hypervisor/model", "one file per noun");

  private final Path repository = repository();
  private JavaClasses classes;
  private PackageTable table;
  private Sources sources;

  @BeforeAll
  void read() throws Exception {
    table = PackageTable.read(repository.resolve("ARCHITECTURE.md"));
    sources = Sources.read(repository);
    URI compiled = Diagnostic.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    classes =
        new ClassFileImporter()
            .importPath(Path.of(compiled))
            .that(DescribedPredicate.describe("are the product's", this::isProduct));
  }

  @Test
  void theRulesSeeTheProduct() {
    assertThat(classes.size()).isGreaterThan(60);
    assertThat(sources.units()).hasSizeGreaterThan(60);
    assertThat(table.mayUse()).hasSizeGreaterThanOrEqualTo(16);
  }

  @Test
  void everyPackageHasARow() {
    Set<String> packages =
        classes.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !name.equals(ROOT))
            .map(name -> name.substring(ROOT.length() + 1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(table.mayUse().keySet()).containsAll(packages);
  }

  @Test
  void packagesUseOnlyWhatTheirRowAllows() {
    table
        .mayUse()
        .forEach((name, uses) -> {
          List<String> forbidden = new ArrayList<>();
          for (String other : table.mayUse().keySet()) {
            if (!other.equals(name) && !uses.contains(other)) {
              forbidden.add(ROOT + "." + other + "..");
            }
          }
          check(
              noClasses()
                  .that(resideInAPackage(ROOT + "." + name + ".."))
                  .should()
                  .dependOnClassesThat(
                      resideInAnyPackage(forbidden.toArray(String[]::new))
                          .as("are not in the row of `" + name + "` in ARCHITECTURE.md")));
        });
  }

  @Test
  void thereAreNoCycles() {
    check(slices().matching(ROOT + ".(*)..").should().beFreeOfCycles());
  }

  @Test
  void onlyHostStartsProcessesAndTalksToSystemd() {
    check(
        outside("host")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(ProcessBuilder.class, UnixDomainSocketAddress.class)
            .orShould()
            .callMethodWhere(
                DescribedPredicate.describe(
                    "Runtime.exec",
                    call ->
                        call.getName().equals("exec")
                            && call.getTargetOwner().isEquivalentTo(Runtime.class))));
  }

  @Test
  void librariesStayInOnePlace() {
    check(outside("sync").should().dependOnClassesThat().resideInAPackage("org.eclipse.jgit.."));
    check(
        outside("signature", "secret")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bouncycastle.."));
    check(outside("document").should().dependOnClassesThat().resideInAPackage("org.snakeyaml.."));
    check(outside("cli", "app").should().dependOnClassesThat().resideInAPackage("picocli.."));
  }

  @Test
  void onlyCliAndAppSpeakToTheUser() {
    check(
        outside("cli", "app")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err"));
    check(outside("app").should().callMethod(System.class, "exit", int.class));
  }

  @Test
  void onlyHostWaits() {
    check(
        outside("host")
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", Duration.class)
            .orShould()
            .callMethod(TimeUnit.class, "sleep", long.class));
  }

  @Test
  void testsDoNotSleep() {
    Set<String> sleeping = new TreeSet<>();
    for (Sources.Unit unit : sources.units()) {
      new TreeScanner<Void, Sources.Unit>() {
        @Override
        public Void visitMemberSelect(MemberSelectTree tree, Sources.Unit where) {
          if (tree.toString().equals("Thread.sleep") && !where.isProduct()) {
            sleeping.add(where.path().toString());
          }
          return super.visitMemberSelect(tree, where);
        }
      }.scan(unit.tree(), unit);
    }
    assertThat(sleeping).isEmpty();
  }

  @Test
  void thereIsNoStaticMutableState() {
    check(noFields().that().areStatic().should().notBeFinal());
    check(
        noFields()
            .that()
            .areStatic()
            .should()
            .haveRawType(
                DescribedPredicate.describe(
                    "a type made to be changed",
                    type ->
                        type.isAssignableTo(StringBuilder.class)
                            || type.isAssignableTo(AtomicBoolean.class)
                            || type.isAssignableTo(AtomicInteger.class)
                            || type.isAssignableTo(AtomicLong.class)
                            || type.isAssignableTo(AtomicReference.class)
                            || (type.isAssignableTo(Collection.class) && !type.isInterface())
                            || (type.isAssignableTo(Map.class) && !type.isInterface()))));
  }

  @Test
  void everyPackageIsNullMarked() {
    Map<String, Boolean> marked = new TreeMap<>();
    for (Sources.Unit unit : sources.units()) {
      boolean here =
          unit.path().endsWith("package-info.java")
              && unit.tree().getPackageAnnotations().stream()
                  .anyMatch(it -> it.getAnnotationType().toString().endsWith("NullMarked"));
      marked.merge(String.valueOf(unit.tree().getPackageName()), here, Boolean::logicalOr);
    }
    assertThat(marked.keySet()).hasSizeGreaterThanOrEqualTo(16);
    assertThat(marked).doesNotContainValue(false);
  }

  @Test
  void filesAndPackagesStayReadable() {
    Set<String> large = new TreeSet<>();
    Map<String, Integer> packages = new TreeMap<>();
    for (Sources.Unit unit : sources.units()) {
      assertThat(unit.lines()).as("lines of %s", unit.path()).isLessThanOrEqualTo(FILE_LIMIT);
      if (unit.lines() > FILE_NOTICE) {
        large.add(unit.path().toString());
      }
      if (unit.isProduct()) {
        packages.merge(parent(unit.path()).toString(), 1, Integer::sum);
      }
    }
    assertThat(large).as("files over %d lines", FILE_NOTICE).isEqualTo(new TreeSet<>(LARGE_FILES));
    packages.keySet().removeAll(LARGE_PACKAGES.keySet());
    assertThat(packages)
        .allSatisfy((name, files) -> assertThat(files).isLessThanOrEqualTo(PACKAGE_LIMIT));
  }

  @Test
  void methodsStayReadable() {
    SourcePositions positions = sources.trees().getSourcePositions();
    Map<String, Long> tooLong = new TreeMap<>();
    for (Sources.Unit unit : sources.units()) {
      new TreeScanner<Void, Sources.Unit>() {
        @Override
        public Void visitMethod(MethodTree method, Sources.Unit where) {
          BlockTree body = method.getBody();
          if (body != null) {
            long lines =
                line(where, positions.getEndPosition(where.tree(), body))
                    - line(where, positions.getStartPosition(where.tree(), body))
                    + 1;
            if (lines > METHOD_LIMIT) {
              tooLong.put(where.path() + "#" + method.getName(), lines);
            }
          }
          return super.visitMethod(method, where);
        }
      }.scan(unit.tree(), unit);
    }
    assertThat(tooLong).as("methods over %d lines", METHOD_LIMIT).isEmpty();
  }

  private void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(classes);
  }

  /** The classes of the product that are not in these packages. */
  private static GivenClassesConjunction outside(String... packages) {
    String[] patterns = new String[packages.length];
    for (int i = 0; i < packages.length; i++) {
      patterns[i] = ROOT + "." + packages[i] + "..";
    }
    return noClasses().that(resideOutsideOfPackages(patterns));
  }

  private boolean isProduct(JavaClass type) {
    return type.getSource().isPresent()
        && type.getSource().get().getFileName().isPresent()
        && Files.exists(
            repository
                .resolve("hypervisor/src/main/java")
                .resolve(type.getPackageName().replace('.', '/'))
                .resolve(type.getSource().get().getFileName().get()));
  }

  private static long line(Sources.Unit unit, long position) {
    return unit.tree().getLineMap().getLineNumber(position);
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new AssertionError(path + " lies in no directory");
    }
    return parent;
  }

  /** The directory with ARCHITECTURE.md; the working directory is a module's. */
  private static Path repository() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("ARCHITECTURE.md"))) {
        return at;
      }
    }
    throw new AssertionError("ARCHITECTURE.md is not above the working directory");
  }
}
