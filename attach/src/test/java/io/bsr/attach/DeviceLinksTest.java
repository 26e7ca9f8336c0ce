package io.bsr.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.loop.linux.Libc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of devices come and go, and nothing else does. */
class DeviceLinksTest {
    private static final Path LOOP = Path.of("/dev/loop7");
    private static final int UMASK = System.getProperty("os.arch", "").equals("aarch64") ? 166 : 95;

    private final Path root;
    private final DeviceLinks links;
    private final Path byMinor;
    private final Path byResource;

    DeviceLinksTest(@TempDir Path root) throws IOException {
        this.root = root;
        links = new DeviceLinks(root, Files.createDirectories(root.resolve("run")));
        byMinor = root.resolve("dev/bsr3");
        byResource = root.resolve("dev/bsr/by-res/r0/1");
    }

    private WaitingDevices nobodyWaits() {
        return new WaitingDevices(new NbdRecords(root, root.resolve("run")), links, line -> {});
    }

    private static boolean there(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void both_names_lead_to_the_device_and_go_with_it() throws Exception {
        links.make(3, "r0", 1, LOOP);

        assertEquals(LOOP, Files.readSymbolicLink(byMinor));
        assertEquals("../../../bsr3", Files.readSymbolicLink(byResource).toString());

        links.remove(3);
        assertFalse(there(byMinor));
        assertFalse(there(root.resolve("dev/bsr/by-res/r0")));
        assertTrue(there(root.resolve("dev/bsr/by-res")));
    }

    @Test
    void everybody_may_follow_them_whatever_the_mask_of_the_engine_is() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Libc.newErrorState(arena);
            long mask = Libc.syscall(state, UMASK, 0077, 0, 0, 0, 0, 0);
            try {
                links.make(3, "r0", 1, LOOP);
            } finally {
                Libc.syscall(state, UMASK, mask, 0, 0, 0, 0, 0);
            }
        }

        for (String folder : List.of("dev", "dev/bsr", "dev/bsr/by-res", "dev/bsr/by-res/r0")) {
            assertEquals(
                    "rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(folder))));
        }
    }

    @Test
    void a_name_that_no_file_can_have_is_refused_and_leaves_nothing() {
        assertThrows(AttachException.class, () -> links.make(3, "r\0", 1, LOOP));

        assertFalse(there(byMinor));
    }

    @Test
    void what_a_dead_engine_left_is_removed_by_the_next() throws Exception {
        links.make(3, "r0", 1, LOOP);
        List<String> told = new ArrayList<>();

        new DeviceLinks(root, root.resolve("run")).removeLeftOvers(nobodyWaits(), told::add);

        assertFalse(there(byMinor));
        assertFalse(there(byResource));
        assertEquals(2, told.size());
    }

    @Test
    void a_name_that_leads_elsewhere_by_now_is_left_alone() throws Exception {
        links.make(3, "r0", 1, LOOP);
        Files.delete(byMinor);
        Files.createSymbolicLink(byMinor, Path.of("/dev/loop8"));

        links.remove(3);

        assertEquals(Path.of("/dev/loop8"), Files.readSymbolicLink(byMinor));
        assertFalse(there(byResource));
    }

    @Test
    void what_somebody_else_has_made_is_not_replaced() throws Exception {
        Files.createDirectories(byMinor.getParent());
        Files.writeString(byMinor, "not ours");

        AttachException refused = assertThrows(AttachException.class, () -> links.make(3, "r0", 1, LOOP));

        assertTrue(String.valueOf(refused.getMessage()).contains(byMinor.toString()));
        assertEquals("not ours", Files.readString(byMinor));
        assertFalse(there(byResource));
    }

    @Test
    void no_name_of_a_resource_leads_out_of_its_folder() {
        assertThrows(AttachException.class, () -> links.make(3, "..", 1, LOOP));
    }
}
