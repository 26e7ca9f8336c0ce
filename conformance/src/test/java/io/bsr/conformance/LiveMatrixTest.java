package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;

/** Invariant I11 with a real peer: a selection of the live matrix. {@code ./dev interop} runs all of it. */
@TestInstance(Lifecycle.PER_CLASS)
class LiveMatrixTest {
    private static final int CRASHES = 2;

    private final Path lab = Path.of("..", "build", "lab").toAbsolutePath().normalize();
    private final LiveMatrix matrix;
    private boolean started;

    LiveMatrixTest() throws IOException {
        matrix = new LiveMatrix(
                lab,
                Path.of("lab").toAbsolutePath(),
                Path.of("target", "interop").toAbsolutePath(),
                System.out);
    }

    @BeforeAll
    @Timeout(600)
    void boot() throws InterruptedException {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "the virtual machine with DRBD 8.4 is one of x86-64");
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "the virtual machine with DRBD 8.4 needs Linux");
        Tools.need(KernelNode.TOOLS);
        try {
            matrix.start();
            started = true;
        } catch (IOException e) {
            // Its kernel is a package that has to be downloaded once.
            assumeTrue(Files.exists(lab.resolve("kernel/.done")), "no kernel for the virtual machine: " + e);
            throw new AssertionError("the virtual machine does not start", e);
        }
    }

    @AfterAll
    void end() throws IOException, InterruptedException {
        if (started) {
            matrix.stop();
        }
    }

    @TestFactory
    Stream<DynamicTest> a_kernel_drbd_84_and_our_node_end_with_equal_disks() {
        List<DynamicTest> tests = new ArrayList<>();
        boolean oursPrimary = true;
        for (LiveRow row : LiveRow.values()) {
            if (row.brief()) {
                boolean direction = oursPrimary;
                tests.add(DynamicTest.dynamicTest(
                        row + (direction ? ", our node is Primary" : ", the kernel's node is Primary"),
                        () -> assertEquals(
                                "", matrix.run(row, direction, CRASHES).failure())));
                oursPrimary = !oursPrimary;
            }
        }
        return tests.stream();
    }
}
