package io.bsr.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.demo.nbd.Disks;
import io.bsr.demo.nbd.KnownData;
import io.bsr.demo.node.Programs;
import io.bsr.demo.screen.Screen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo in small, with real processes. */
class ScenarioTest {
    private static final long DISK_BYTES = 24L << 20;

    @Test
    @Tag("end-to-end")
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void two_engines_survive_a_crash_and_hold_the_same_data(@TempDir Path root) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Screen screen = new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), false);
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

        boolean held;
        try (Scenario scenario = new Scenario(root, DISK_BYTES, Programs.ofClassPath(classPath), screen)) {
            held = scenario.play();
            scenario.takeDown();
        } catch (Exception e) {
            throw new AssertionError(bytes.toString(StandardCharsets.UTF_8), e);
        }

        String text = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(held, text);
        assertTrue(text.contains("received by beta"), text);
        assertTrue(text.contains("✔ both disks hold exactly what was written"), text);
        assertFalse(text.contains("\033["), text);
    }

    @Test
    void the_comparison_finds_a_single_wrong_byte(@TempDir Path root) throws Exception {
        KnownData data = new KnownData(1 << 20);
        byte[] written = new byte[4 * KnownData.BLOCK_BYTES];
        data.renew(8, 4, written);
        byte[] disk = new byte[1 << 20];
        System.arraycopy(written, 0, disk, 8 * KnownData.BLOCK_BYTES, written.length);
        Path one = Files.write(root.resolve("one"), disk);
        Path other = Files.write(root.resolve("other"), disk);
        assertTrue(Disks.compare(one, other, data).same());

        disk[777_777] ^= 1;
        Files.write(other, disk);
        assertEquals(new Disks.Result(1 << 20, 1, 0), Disks.compare(one, other, data));
        Files.write(one, disk);
        assertEquals(new Disks.Result(1 << 20, 0, 1), Disks.compare(one, other, data));
    }

    @Test
    void a_block_of_another_place_or_another_time_is_recognised() {
        KnownData data = new KnownData(1 << 20);
        byte[] first = new byte[KnownData.BLOCK_BYTES];
        byte[] again = new byte[KnownData.BLOCK_BYTES];
        byte[] elsewhere = new byte[KnownData.BLOCK_BYTES];

        data.renew(3, 1, first);
        data.renew(3, 1, again);
        data.renew(4, 1, elsewhere);

        assertFalse(Arrays.equals(first, again));
        assertFalse(Arrays.equals(first, elsewhere));
    }
}
