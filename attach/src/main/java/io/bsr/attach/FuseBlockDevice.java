package io.bsr.attach;

import io.bsr.base.port.VolumePort;
import io.bsr.frontend.fuse.FuseSession;
import io.bsr.loop.linux.Libc;
import io.bsr.loop.linux.Linux;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A loop device on a FUSE file of this process. */
public final class FuseBlockDevice implements BlockDevice, FuseSession.Owner {
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SETTLE_MILLIS = 20;
    private static final long QUIET_SECONDS = 10;
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Name name;
    private final Place place;
    private final Runnable whenTorn;
    private final FuseConnection connection;
    private final FuseSession session;
    private LoopDevice device;
    private boolean gone;

    private FuseBlockDevice(Name name, VolumePort volume, int blockSize, Place place, Runnable whenTorn)
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
                endSession();
                throw e;
            }
            try {
                place.links().make(name.minor(), name.resource(), name.volume(), device.path());
            } catch (AttachException e) {
                gone = true;
                endSession();
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
    public static FuseBlockDevice attach(Name name, VolumePort volume, int blockSize, Place place, Runnable whenTorn)
            throws AttachException, InterruptedException {
        if (!Linux.HERE) {
            throw new AttachException("Block devices are made on 64-bit Linux only.");
        }
        ProcessProtection.ofMemory(place.log());
        ProcessProtection.ofLoop(place.loop(), place.log());
        return new FuseBlockDevice(name, volume, blockSize, place, whenTorn);
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

    @Override
    public Path path() {
        return place.links().of(name.minor());
    }

    @Override
    public Path kernelPath() {
        return device.path();
    }

    @Override
    public List<String> holders() throws InterruptedException {
        return Holders.settled(() -> Holders.of(device.path(), device.keeper()));
    }

    @Override
    public synchronized boolean isGone() {
        return gone;
    }

    @Override
    public String userName() {
        return session.description();
    }

    @Override
    public synchronized List<String> detach(long flushSeconds) throws AttachException, InterruptedException {
        if (gone) {
            return List.of();
        }
        WriteOut.of(this, name, flushSeconds, place.log());
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
        endSession();
        return List.of();
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

    @Override
    public String leave() throws InterruptedException {
        tear();
        return "its I/O fails from now on, and what is cached of it is lost";
    }

    @Override
    public synchronized void tear() throws InterruptedException {
        if (gone) {
            return;
        }
        gone = true;
        place.links().remove(name.minor());
        // First: closing the device may write out what is cached, and nobody serves that any more.
        endSession();
        device.release();
    }

    /** Ends the session, then the connection, when nothing of it is at the volume. */
    private void endSession() throws InterruptedException {
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
