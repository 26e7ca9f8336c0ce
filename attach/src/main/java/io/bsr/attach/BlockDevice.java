package io.bsr.attach;

import io.bsr.base.port.VolumePort;
import io.bsr.frontend.fuse.FuseSession;
import io.bsr.frontend.fuse.PayloadBuffers;
import io.bsr.loop.EventLoop;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One volume as a block device.
 *
 * <p>{@link #attach}, {@link #detach} and {@link #tear} wait for the kernel, and for the loop: they are for threads that
 * may wait. What the volume says on the loop is acted upon by a thread made for it.
 */
public final class BlockDevice implements FuseSession.Owner {
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SETTLE_MILLIS = 20;
    private static final long QUIET_SECONDS = 10;
    private static final AtomicInteger COUNT = new AtomicInteger();

    /**
     * Which volume.
     *
     * @param minor its number for users
     */
    public record Name(String resource, int volume, int minor) {
        @Override
        public String toString() {
            return resource + "/" + volume;
        }
    }

    /**
     * What a device needs of its engine.
     *
     * @param buffers of the loop
     * @param log takes one line
     */
    public record Place(EventLoop loop, PayloadBuffers buffers, DeviceLinks links, Consumer<String> log) {}

    private final Name name;
    private final Place place;
    private final Runnable whenTorn;
    private final FuseConnection connection;
    private final FuseSession session;
    private LoopDevice device;
    private boolean gone;

    private BlockDevice(Name name, VolumePort volume, int blockSize, Place place, Runnable whenTorn)
            throws AttachException, InterruptedException {
        this.name = name;
        this.place = place;
        this.whenTorn = whenTorn;
        connection = FuseConnection.open(place.loop(), "bsr-" + name, place.log());
        session = new FuseSession(
                volume,
                connection,
                place.buffers(),
                "block device " + place.links().of(name.minor()),
                this);
        // The volume may go away meanwhile: that waits until all is there that it takes down.
        synchronized (this) {
            try {
                open();
                connection.start(session::received, this::revoked);
                connection.refresh();
                device = makeDevice(blockSize);
            } catch (AttachException e) {
                gone = true;
                leave();
                throw e;
            }
            try {
                place.links().make(name.minor(), name.resource(), name.volume(), device.path());
            } catch (AttachException e) {
                gone = true;
                leave();
                device.release();
                throw e;
            }
        }
    }

    /**
     * Attaches a volume of a node that is Primary.
     *
     * @param whenTorn told on some thread when the device has gone because the volume did
     */
    public static BlockDevice attach(Name name, VolumePort volume, int blockSize, Place place, Runnable whenTorn)
            throws AttachException, InterruptedException {
        if (!Linux.HERE) {
            throw new AttachException("Block devices are made on 64-bit Linux only.");
        }
        ProcessProtection.ofMemory(place.log());
        ProcessProtection.ofLoop(place.loop(), place.log());
        return new BlockDevice(name, volume, blockSize, place, whenTorn);
    }

    private void open() throws AttachException, InterruptedException {
        String[] refusal = new String[1];
        if (!LoopTurn.await(place.loop(), () -> refusal[0] = session.open())) {
            throw new AttachException("The event loop of the volume does not answer.");
        }
        if (refusal[0] != null) {
            throw new AttachException("The volume cannot be opened: " + refusal[0] + ".");
        }
    }

    private LoopDevice makeDevice(int blockSize) throws AttachException {
        int file = connection.openFile();
        try {
            // What is unique comes first: the kernel cuts it.
            String unique = "bsr#" + ProcessHandle.current().pid() + "." + COUNT.incrementAndGet() + "-" + name;
            return LoopDevice.on(file, blockSize, unique, () -> onThread("keep", this::keep));
        } finally {
            Libc.close(file);
        }
    }

    /** The name under which users find it. */
    public Path path() {
        return place.links().of(name.minor());
    }

    /** The device of the kernel. */
    public Path kernelPath() {
        return device.path();
    }

    /** Who has it in use, in words. Whatever looks at new devices for a moment (udev, blkid) is no user. */
    public List<String> holders() throws InterruptedException {
        long end = System.nanoTime() + SETTLE_NANOS;
        List<String> holders = Holders.of(device.path(), device.keeper());
        while (!holders.isEmpty()
                && holders.stream().allMatch(holder -> holder.startsWith(Holders.PROCESS))
                && System.nanoTime() - end < 0) {
            Thread.sleep(SETTLE_MILLIS);
            holders = Holders.of(device.path(), device.keeper());
        }
        return holders;
    }

    /** Whether it is no more, because it was detached or because the volume went away. */
    public synchronized boolean isGone() {
        return gone;
    }

    /** As a user of the volume. */
    public VolumePort.User user() {
        return session;
    }

    /**
     * Takes the device away, unless somebody has it open.
     *
     * @param flushSeconds how long cached data may take to be written; then the device stays
     * @return who has it open; empty if it is gone
     */
    public synchronized List<String> detach(long flushSeconds) throws AttachException, InterruptedException {
        if (gone) {
            return List.of();
        }
        writeOut(flushSeconds);
        long end = System.nanoTime() + SETTLE_NANOS;
        release();
        while (!device.gone()) {
            List<String> holders = holders();
            if (holders.isEmpty() && System.nanoTime() - end < 0) {
                Thread.sleep(SETTLE_MILLIS);
            } else if (device.keepAgain()) {
                return holders.isEmpty() ? List.of("somebody whom bsrd cannot see") : holders;
            } else {
                break;
            }
        }
        place.links().remove(name.minor());
        gone = true;
        leave();
        return List.of();
    }

    /**
     * What programs wrote and the system has not yet: by a program, see the rules of this package, as far as one can be
     * started, which it cannot when an update has replaced the Java runtime below a running engine. Data that cannot be
     * written are lost sooner or later, and nobody was promised them: a node with a broken disk can be demoted.
     */
    private void writeOut(long seconds) throws AttachException, InterruptedException {
        try {
            Process sync = new ProcessBuilder("sync", device.path().toString())
                    .redirectErrorStream(true)
                    .start();
            if (!sync.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new AttachException("What is cached of " + path() + " was not written out within " + seconds
                        + " s. That goes on; try again.");
            }
            if (sync.exitValue() != 0) {
                String said = new String(sync.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                place.log()
                        .accept(name + ": what was cached of its block device and nobody asked to be made durable"
                                + " may be lost: " + said.strip());
            }
        } catch (IOException e) {
            // No reason to keep the device: its closing writes out too, and says less.
            place.log()
                    .accept(name + ": the program \"sync\" does not start, the closing of its device writes out: " + e);
        }
    }

    private void release() throws AttachException, InterruptedException {
        if (!device.release()) {
            throw new AttachException("What is cached of " + path() + " is still being written out. Try again.");
        }
    }

    /** The program that keeps the device has ended: if nobody asked it to, another one goes on. */
    private synchronized void keep() {
        try {
            if (gone || device.kept() || (!device.gone() && device.keepAgain())) {
                return;
            }
            place.log().accept(name + ": its block device is gone, because somebody has ended what kept it open");
            tear();
            whenTorn.run();
        } catch (AttachException e) {
            place.log().accept(name + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes the device away from whoever uses it: every request fails from now on. */
    public synchronized void tear() throws InterruptedException {
        if (gone) {
            return;
        }
        gone = true;
        place.links().remove(name.minor());
        // First: closing the device may write out what is cached, and nobody serves that any more.
        leave();
        device.release();
    }

    /** Ends the session, then the connection, when nothing of it is at the volume. */
    private void leave() throws InterruptedException {
        CountDownLatch quiet = new CountDownLatch(1);
        LoopTurn.await(place.loop(), () -> session.leave(quiet::countDown));
        connection.close();
        if (!quiet.await(QUIET_SECONDS, TimeUnit.SECONDS)) {
            place.log().accept(name + ": requests of its block device are still at the volume");
        }
    }

    // Owner of the session, on the loop

    @Override
    public void resized(long size) {
        onThread("resize", () -> {
            try {
                measure();
            } catch (AttachException e) {
                place.log().accept(name + ": its block device did not get the new size: " + e.getMessage());
            }
        });
    }

    private void measure() throws AttachException {
        // Answered by the session, which may have to wait: a device that is taken away meanwhile ends that.
        connection.refresh();
        synchronized (this) {
            int result = gone ? 0 : device.measure();
            if (result < 0) {
                throw new AttachException(FuseConnection.error(result));
            }
        }
    }

    @Override
    public void revoked(String reason) {
        place.log().accept(name + ": its block device is taken away: " + reason);
        onThread("revoke", () -> {
            try {
                tear();
                whenTorn.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void onThread(String what, Runnable work) {
        Thread.ofPlatform().name(what + "-" + name).daemon(true).start(work);
    }
}
