package io.bsr.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A file system on a device of the kernel's NBD client outlives engines, as {@link KernelDeviceScenario} tells. */
class KernelDeviceTest {
    private static final int MINUTES = 12;

    @Test
    void aMountedFileSystemOutlivesTheEngineUnlessItsDataHaveChanged() throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "the virtual machine is one of x86-64");
        Tools.need(KernelNode.TOOLS);
        Path home = Path.of(System.getProperty("java.home"));
        assumeTrue(Files.isExecutable(home.resolve("bin/jlink")), "this Java runtime has no jlink");
        Path lab = Path.of("..", "build", "lab").toAbsolutePath().normalize();
        Path output = Path.of("target", "kernel-device.out").toAbsolutePath();
        Files.createDirectories(lab);
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of("lab", "device-vm.sh").toAbsolutePath().toString(),
                        System.getProperty("java.class.path"),
                        KernelDeviceScenario.class.getName())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", home.toString());
        builder.environment().put("LAB_DIR", lab.toString());
        builder.environment().put("LAB_PORT", Integer.toString(KernelNode.freeLabPort()));
        Process script = builder.start();
        boolean ended = script.waitFor(MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            stop(script);
        }
        String said = Files.readString(output);
        // Its kernel is a package that has to be downloaded once.
        assumeTrue(Files.exists(lab.resolve("kernel/.done")), () -> "no kernel for the virtual machine: " + said);
        assertTrue(ended, () -> "the virtual machine did not end:\n" + said);
        assertEquals(0, script.exitValue(), said);
        said.lines().filter(line -> line.matches(" *\\d+ s  .*")).forEach(System.out::println);
    }

    /** The script stops its machine when it is asked to end, after the command that it waits for. */
    private static void stop(Process script) throws IOException, InterruptedException {
        script.destroy();
        script.descendants().forEach(ProcessHandle::destroy);
        if (!script.waitFor(1, TimeUnit.MINUTES)) {
            throw new IOException("the script of the virtual machine does not end");
        }
    }
}
