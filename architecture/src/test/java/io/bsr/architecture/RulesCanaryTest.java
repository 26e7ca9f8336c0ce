package io.bsr.architecture;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule rejects the fault planted for it in {@code io.bsr.architecture.planted}, and lets the clean class pass. */
class RulesCanaryTest {
    private static final String PLANTED = "io.bsr.architecture.planted";
    private static final Set<String> FOR_TOOLS = Set.of("metadata.tool");
    private static final Rules RULES = new Rules(PLANTED);
    private static final JavaClasses CLASSES = new ClassFileImporter().importPackages(PLANTED);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "StartsThread",
                "RunsOnExecutor",
                "TakesLock",
                "OpensSocket",
                "OpensChannel",
                "OpensFile",
                "ListsPath",
                "ReadsNanoTime",
                "ReadsMilliTime",
                "ReadsInstant",
                "RollsDice",
                "RollsThreadLocalDice",
                "RollsSecureDice",
                "PrintsLine",
                "UsesPackageForTools"
            })
    void purity_rejects(String planted) {
        assertRejected(RULES.purityOf("core", FOR_TOOLS), "core." + planted);
    }

    @Test
    void purity_lets_a_class_pass_that_is_told_the_time() {
        assertAccepted(RULES.purityOf("core", FOR_TOOLS), "core.IsToldTheTime");
    }

    @Test
    void purity_lets_a_package_for_tools_open_files() {
        assertAccepted(RULES.purityOf("metadata", FOR_TOOLS), "metadata.tool.OpensImage");
        assertRejected(RULES.purityOf("metadata", Set.of()), "metadata.tool.OpensImage");
    }

    @Test
    void a_synchronized_method_is_rejected() {
        assertRejected(RULES.noLocksIn("core"), "core.Synchronizes");
    }

    @Test
    void an_arrow_against_the_table_is_rejected() {
        assertRejected(RULES.arrowsFrom("cli", Modules.MAY_USE.getOrDefault("cli", Set.of())), "cli.ImportsCore");
    }

    @Test
    void an_arrow_of_the_table_is_accepted() {
        assertAccepted(RULES.arrowsFrom("core", Modules.MAY_USE.getOrDefault("core", Set.of())), "core.IsToldTheTime");
    }

    @Test
    void an_arrow_to_the_simulator_is_rejected() {
        assertRejected(RULES.nothingPointsAtTheSimulator(), "engine.KnowsTheSimulator");
    }

    @Test
    void logging_outside_of_the_engine_is_rejected() {
        assertRejected(RULES.onlyOneModuleLogs(Modules.LOGGING), "cli.Logs");
    }

    @Test
    void a_cycle_between_packages_is_rejected() {
        assertRejected(RULES.packagesAreFreeOfCycles(), "core.ring.Back");
    }

    private static void assertRejected(ArchRule rule, String planted) {
        String message =
                assertThrows(AssertionError.class, () -> rule.check(CLASSES)).getMessage();
        assertTrue(message.contains(PLANTED + "." + planted), message);
    }

    private static void assertAccepted(ArchRule rule, String planted) {
        assertTrue(CLASSES.contain(PLANTED + "." + planted));
        boolean rejected = rule.evaluate(CLASSES).getFailureReport().getDetails().stream()
                .anyMatch(detail -> detail.contains(PLANTED + "." + planted));
        assertTrue(!rejected, () -> rule.evaluate(CLASSES).getFailureReport().toString());
    }
}
