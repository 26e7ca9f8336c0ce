package io.bsr.attach;

import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Writes what programs wrote to a device and the system has not yet: by a program, see the rules of this package, as far as
 * one can be started, which it cannot when an update has replaced the Java runtime below a running engine. Data that cannot
 * be written are lost sooner or later, and nobody was promised them: a node with a broken disk can be demoted.
 */
final class WriteOut {
    private WriteOut() {}

    static void of(BlockDevice device, BlockDevice.Name name, long seconds, Consumer<String> log)
            throws AttachException, InterruptedException {
        try {
            Process sync = start(device.kernelPath());
            if (!sync.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new AttachException("What is cached of " + device.path() + " was not written out within "
                        + seconds + " s. That goes on; try again.");
            }
            if (sync.exitValue() != 0) {
                String said = new String(sync.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                log.accept(name + ": what was cached of its block device and nobody asked to be made durable"
                        + " may be lost: " + said.strip());
            }
        } catch (IOException e) {
            // No reason to keep the device: its closing writes out too, and says less.
            log.accept(name + ": the program \"sync\" does not start, the closing of its device writes out: " + e);
        }
    }

    /** Opens and closes a device: if nobody else has it open, that is its last closing. */
    static void openAndClose(Path device, long seconds) throws AttachException, InterruptedException {
        try {
            if (!start(device).waitFor(seconds, TimeUnit.SECONDS)) {
                throw new AttachException("What is cached of " + device + " is still being written out. Try again.");
            }
        } catch (IOException e) {
            int descriptor = Libc.open(device.toString(), Linux.O_RDWR | Linux.O_CLOEXEC, 0);
            if (descriptor >= 0) {
                Libc.close(descriptor);
            }
        }
    }

    private static Process start(Path device) throws IOException {
        return new ProcessBuilder("sync", device.toString())
                .redirectErrorStream(true)
                .start();
    }
}
