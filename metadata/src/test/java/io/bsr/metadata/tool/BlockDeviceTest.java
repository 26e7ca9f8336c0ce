package io.bsr.metadata.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.tool.FileMetadataDevice.Option;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a real block device, a loop device, where this user may make one. */
class BlockDeviceTest {
    @Test
    void a_block_device_has_its_size_and_is_claimed_while_open_for_writing(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("disk.img");
        Files.write(file, new byte[3 << 20]);
        Path device = loopDevice(file);
        try {
            try (FileMetadataDevice open = FileMetadataDevice.open(device, EnumSet.of(Option.WRITE))) {
                assertEquals(3 << 20, open.size());
                MetadataException e = assertThrows(MetadataException.class, () -> ExclusiveClaim.of(device));
                assertEquals(Code.BUSY, e.code());
            }
            Objects.requireNonNull(ExclusiveClaim.of(device)).close();
        } finally {
            run("losetup", "-d", device.toString());
        }
    }

    private static Path loopDevice(Path file) throws IOException, InterruptedException {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/sbin/losetup")) && Files.isWritable(Path.of("/dev/loop-control")),
                "no loop device: losetup is missing or this user may not use it");
        String device = run("losetup", "-f", "--show", file.toString());
        assumeTrue(device.startsWith("/dev/loop"), "losetup: " + device);
        return Path.of(device);
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor(20, TimeUnit.SECONDS);
        return output.strip();
    }
}
