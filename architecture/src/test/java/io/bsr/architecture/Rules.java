package io.bsr.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The rules between the modules below one root package: {@code io.bsr} for the product, another one for the planted
 * faults that prove that the rules bite.
 */
final class Rules {
    private static final Set<String> PURE_CONCURRENT_CLASSES = Set.of(TimeUnit.class.getName());

    private static final Set<String> IMPURE_CLASSES = Set.of(
            "java.lang.Thread",
            "java.lang.ThreadLocal",
            "java.lang.Runtime",
            "java.lang.Process",
            "java.lang.ProcessBuilder",
            "java.lang.ScopedValue",
            "java.io.RandomAccessFile",
            "java.util.Timer",
            "java.util.Random",
            "java.util.SplittableRandom",
            "java.security.SecureRandom",
            "java.time.Clock",
            InstantSource.class.getName());

    /** Methods of otherwise harmless classes, as {@code owner.name}. */
    private static final Set<String> IMPURE_MEMBERS = Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.lang.System.exit",
            "java.lang.System.getenv",
            "java.lang.System.getProperty",
            "java.lang.System.in",
            "java.lang.System.out",
            "java.lang.System.err",
            "java.lang.System.identityHashCode",
            "java.lang.Math.random",
            "java.lang.Object.wait",
            "java.lang.Object.notify",
            "java.lang.Object.notifyAll",
            "java.util.UUID.randomUUID",
            "java.util.Collections.shuffle");

    private final String root;

    Rules(String root) {
        this.root = root;
    }

    /** The classes of a module use those of the modules that it may use, and of no other. */
    ArchRule arrowsFrom(String module, Set<String> mayUse) {
        DescribedPredicate<JavaClass> allowed = classesOf(module);
        for (String used : mayUse) {
            allowed = allowed.or(classesOf(used));
        }
        return noClasses()
                .that(classesOf(module))
                .should()
                .dependOnClassesThat(resideInAPackage(root + "..").and(DescribedPredicate.not(allowed)))
                .as("module " + module + " may use " + mayUse)
                .allowEmptyShould(true);
    }

    /** Nothing in the product knows that it can be simulated. */
    ArchRule nothingPointsAtTheSimulator() {
        return noClasses()
                .that(resideInAPackage(root + "..").and(DescribedPredicate.not(classesOf("sim"))))
                .should()
                .dependOnClassesThat(classesOf("sim"))
                .allowEmptyShould(true);
    }

    /** What a pure module names, the packages for tools aside, cannot tell it anything that its caller has not. */
    ArchRule purityOf(String module, Set<String> packagesForTools) {
        DescribedPredicate<JavaClass> forTools = DescribedPredicate.alwaysFalse();
        for (String part : packagesForTools) {
            forTools = forTools.or(classesOf(part));
        }
        return noClasses()
                .that(classesOf(module).and(DescribedPredicate.not(forTools)))
                .should()
                .dependOnClassesThat(impureClass().or(forTools))
                .orShould()
                .accessTargetWhere(impureMember())
                .as("module " + module + " is pure: no clock, no thread, no socket, no file, no randomness")
                .allowEmptyShould(true);
    }

    /** Locks have no place where one event loop owns everything. */
    ArchRule noLocksIn(String module) {
        return com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods()
                .that()
                .areDeclaredInClassesThat(classesOf(module))
                .should()
                .haveModifier(JavaModifier.SYNCHRONIZED)
                .allowEmptyShould(true);
    }

    ArchRule onlyOneModuleLogs(String module) {
        return classes()
                .that(resideInAPackage(root + "..").and(DescribedPredicate.not(classesOf(module))))
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.not(
                        resideInAnyPackage("org.slf4j..", "ch.qos.logback..", "java.util.logging..")))
                .as("only module " + module + " logs")
                .allowEmptyShould(true);
    }

    ArchRule packagesAreFreeOfCycles() {
        return slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        return resideInAPackage(root + "..").test(type)
                                ? SliceIdentifier.of(type.getPackageName())
                                : SliceIdentifier.ignore();
                    }

                    @Override
                    public String getDescription() {
                        return "packages below " + root;
                    }
                })
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true);
    }

    private DescribedPredicate<JavaClass> classesOf(String module) {
        return resideInAPackage(root + "." + module + "..");
    }

    private static DescribedPredicate<JavaClass> impureClass() {
        return DescribedPredicate.describe("are impure", type -> {
            String name = type.getBaseComponentType().getName();
            return resideInAnyPackage(
                                    "java.net..",
                                    "javax.net..",
                                    "java.nio.channels..",
                                    "java.nio.file..",
                                    "java.util.concurrent.locks..",
                                    "java.util.random..",
                                    "jdk.internal..",
                                    "sun..")
                            .test(type)
                    || name.startsWith("java.io.File")
                    || IMPURE_CLASSES.contains(name)
                    || (type.getPackageName().equals("java.util.concurrent")
                            && !PURE_CONCURRENT_CLASSES.contains(name.replaceFirst("\\$.*", "")));
        });
    }

    private static DescribedPredicate<JavaAccess<?>> impureMember() {
        return DescribedPredicate.describe("is an impure member", access -> {
            String owner = access.getTarget().getOwner().getName();
            String name = access.getName();
            return IMPURE_MEMBERS.contains(owner + "." + name)
                    || (owner.startsWith("java.time.") && name.equals("now"));
        });
    }
}
