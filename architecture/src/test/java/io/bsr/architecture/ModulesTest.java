package io.bsr.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The product obeys the rules between its modules, and no module escapes them. */
class ModulesTest {
    private static final Path ROOT = Path.of(System.getProperty("bsr.root", ".."));
    private static final Rules RULES = new Rules("io.bsr");

    private static JavaClasses product = new ClassFileImporter().importClasses();

    @BeforeAll
    static void read_the_classes_of_every_module() {
        ImportOption isProduct =
                location -> !location.contains("/test-classes/") && !location.contains("/architecture/");
        product = new ClassFileImporter().withImportOption(isProduct).importPackages("io.bsr");
    }

    @TestFactory
    Stream<DynamicTest> a_module_uses_only_what_its_arrows_allow() {
        return Modules.MAY_USE.entrySet().stream()
                .map(arrows -> dynamicTest(arrows.getKey(), () -> RULES.arrowsFrom(arrows.getKey(), arrows.getValue())
                        .check(product)));
    }

    @TestFactory
    Stream<DynamicTest> a_pure_module_asks_nothing_but_its_caller() {
        return Modules.PURE.stream()
                .map(module -> dynamicTest(module, () -> {
                    RULES.purityOf(module, Modules.FOR_TOOLS).check(product);
                    RULES.noLocksIn(module).check(product);
                }));
    }

    @Test
    void nothing_points_at_the_simulator() {
        RULES.nothingPointsAtTheSimulator().check(product);
    }

    @Test
    void only_the_engine_logs() {
        RULES.onlyOneModuleLogs(Modules.LOGGING).check(product);
    }

    @Test
    void packages_are_free_of_cycles() {
        RULES.packagesAreFreeOfCycles().check(product);
    }

    /** Otherwise its classes would be in nobody's rule. */
    @Test
    void every_module_of_the_reactor_has_its_arrows() throws IOException {
        Set<String> withoutArrows = new TreeSet<>(modulesWithCode());

        withoutArrows.removeAll(Modules.MAY_USE.keySet());

        assertEquals(Set.of(), withoutArrows, "Say in Modules.MAY_USE what these may use");
    }

    /** A class outside of its module's packages would be in nobody's rule either. */
    @Test
    void every_class_lives_below_the_package_of_its_module_and_is_examined() throws IOException {
        for (String module : modulesWithCode()) {
            Path classes = ROOT.resolve(module).resolve("target/classes");
            assertTrue(Files.isDirectory(classes), () -> classes + " is missing: module " + module + " was not built");
            for (String name : classNames(classes)) {
                assertTrue(
                        name.startsWith("io.bsr." + module + "."),
                        () -> name + " of module " + module + " is not below package io.bsr." + module);
                assertTrue(
                        product.contain(name),
                        () -> name + " is not examined: add module " + module
                                + " to the dependencies in architecture/pom.xml");
            }
        }
    }

    private static List<String> classNames(Path classes) throws IOException {
        try (Stream<Path> tree = Files.walk(classes)) {
            return tree.map(path -> classes.relativize(path).toString())
                    .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .toList();
        }
    }

    /** The modules that the root pom.xml names and that have a main source. */
    private static Set<String> modulesWithCode() throws IOException {
        return Pattern.compile("<module>([^<]+)</module>")
                .matcher(Files.readString(ROOT.resolve("pom.xml")))
                .results()
                .map(match -> match.group(1))
                .filter(module -> Files.isDirectory(ROOT.resolve(module).resolve("src/main/java")))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
