package io.bsr.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.architecture.Command.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launchers and AOT caches that {@code ./dev build} makes, on a program of one class. Above all: after an upgrade the
 * new classes run, although JDK 25.0.3 would take the old ones from a cache that it is given.
 */
class StagingTest {
    private static final Path DEV_PARTS =
            Path.of(System.getProperty("bsr.root", "..")).resolve("dev.d");

    /** How the table of programs says what an AOT cache learns from. */
    private static final String WITH_CACHE = "help";

    private static final String NO_CACHE = "-";

    @TempDir
    Path tree = Path.of("");

    @BeforeEach
    void make_a_tree_with_a_space_in_its_name() throws IOException {
        tree = Files.createDirectory(tree.resolve("a tree"));
        Path train = Files.createDirectories(tree.resolve("dev.d/rehearsal")).resolve("train");
        Files.copy(DEV_PARTS.resolve("rehearsal/train"), train);
    }

    @Test
    void a_launcher_passes_arguments_and_exit_code_on_from_any_folder_and_through_symlinks()
            throws IOException, InterruptedException {
        compileGreeter("hello");
        stage(NO_CACHE);
        Path link = Files.createSymbolicLink(tree.resolve("link"), launcher());
        Path relativeLink = Files.createSymbolicLink(tree.resolve("build/relative"), Path.of("../link"));

        Result ran = Command.run(Map.of(), "/bin/sh", "-c", "cd / && exec \"$0\" 'a b' c", relativeLink.toString());

        assertEquals(new Result(2, "hello [a b, c]\n"), ran);
        assertTrue(Files.exists(link));
    }

    @Test
    void after_an_upgrade_the_new_classes_run_and_the_old_cache_is_gone() throws IOException, InterruptedException {
        compileGreeter("older");
        stage(WITH_CACHE);
        List<Path> oldCaches = caches();
        FileTime timeOfOldJar = Files.getLastModifiedTime(tree.resolve("build/lib/greeter-1.jar"));

        compileGreeter("newer");
        stage(WITH_CACHE);
        Files.setLastModifiedTime(tree.resolve("build/lib/greeter-1.jar"), timeOfOldJar);

        assertEquals("newer []\n", Command.run(Map.of(), launcher().toString()).output());
        assertEquals(1, oldCaches.size());
        assertEquals(1, caches().size());
        assertFalse(Files.exists(oldCaches.getFirst()));
    }

    @Test
    void staging_again_without_a_change_touches_nothing() throws IOException, InterruptedException {
        compileGreeter("hello");
        stage(NO_CACHE);
        List<FileTime> before = stagedTimes();

        stage(NO_CACHE);

        assertEquals(before, stagedTimes());
    }

    @Test
    void a_program_whose_main_class_is_gone_loses_its_launcher() throws IOException, InterruptedException {
        compileGreeter("hello");
        stage(NO_CACHE);

        Files.delete(tree.resolve("greeter/target/classes/greeting/Greeter.class"));
        stage(NO_CACHE);

        assertEquals(List.of(), stagedTimes());
    }

    private Path launcher() {
        return tree.resolve("build/bin/greet");
    }

    private List<Path> caches() throws IOException {
        try (Stream<Path> files = Files.list(tree.resolve("build/aot"))) {
            return files.toList();
        }
    }

    private List<FileTime> stagedTimes() throws IOException {
        try (Stream<Path> files = Files.walk(tree.resolve("build"))) {
            List<FileTime> times = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                times.add(Files.getLastModifiedTime(file));
            }
            return times;
        }
    }

    /** Leaves what Maven leaves of a module: classes, a jar and the list of further jars, which is empty here. */
    private void compileGreeter(String greeting) throws IOException {
        Path classes = Files.createDirectories(tree.resolve("greeter/target/classes"));
        Path source = tree.resolve("Greeter.java");
        Files.writeString(source, """
                package greeting;

                class Greeter {
                    public static void main(String[] arguments) {
                        System.out.println("%s " + java.util.Arrays.toString(arguments));
                        System.exit(arguments.length);
                    }
                }
                """.formatted(greeting));
        assertEquals(
                0,
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", classes.toString(), source.toString()));
        try (OutputStream file = Files.newOutputStream(tree.resolve("greeter/target/greeter-1.jar"));
                JarOutputStream jar = new JarOutputStream(file)) {
            JarEntry entry = new JarEntry("greeting/Greeter.class");
            entry.setTime(0);
            jar.putNextEntry(entry);
            jar.write(Files.readAllBytes(classes.resolve("greeting/Greeter.class")));
        }
        Files.writeString(tree.resolve("greeter/target/runtime-classpath"), "");
    }

    private void stage(String training) throws IOException, InterruptedException {
        Result staged = Command.run(
                Map.of(
                        "ROOT",
                        tree.toString(),
                        "BUILD",
                        tree.resolve("build").toString(),
                        "JAVA_HOME",
                        System.getProperty("java.home")),
                "bash",
                "-c",
                """
                for part in output jdk stage; do . "$0/$part.sh"; done
                programs="greet greeter greeting.Greeter tool $1"
                stage_programs
                """,
                DEV_PARTS.toString(),
                training);
        assertEquals(new Result(0, ""), staged);
    }
}
