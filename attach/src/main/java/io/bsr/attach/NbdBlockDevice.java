package io.bsr.attach;

import io.bsr.base.port.Stream;
import io.bsr.base.port.VolumePort;
import io.bsr.frontend.nbd.DirectSession;
import io.bsr.frontend.nbd.Export;
import io.bsr.loop.EventLoop;
import io.bsr.loop.linux.Libc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A device of the kernel's NBD client, with one connection to this process. It outlives the engine: its requests wait for
 * the next one, which gives it a new connection if the data are provably those that it had ({@link DataProof}).
 */
public final class NbdBlockDevice implements BlockDevice, DirectSession.Owner {
    /** How long requests wait for a new engine, in seconds: a restart, an update, and somebody who looks why not. */
    static final long PATIENCE_SECONDS = 600;

    /**
     * When the kernel looks whether a request that has no answer went to a connection that is no more, and sends it to the
     * new one. No limit of a request.
     */
    private static final String LOOK_MILLIS = "10000";

    private static final String WAITS = "its requests wait up to " + PATIENCE_SECONDS + " s for the next engine";

    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SETTLE_MILLIS = 20;
    private static final long QUIET_SECONDS = 10;

    private final Name name;
    private final Place place;
    private final DataProof proof;
    private final Runnable whenTorn;
    private final DirectSession session;
    private final CountDownLatch ended = new CountDownLatch(1);
    private NbdRecords.Entry entry;
    private boolean gone;

    /** The generation that the loop has told last. */
    private volatile long told;

    /** The end of the connection is what is wanted, and no accident. */
    private volatile boolean leaving;

    private NbdBlockDevice(
            Name name,
            VolumePort volume,
            Place place,
            DataProof proof,
            Runnable whenTorn,
            NbdRecords.@Nullable Entry left)
            throws AttachException, InterruptedException {
        this.name = name;
        this.place = place;
        this.proof = proof;
        this.whenTorn = whenTorn;
        session = new DirectSession(
                place.server(),
                new Export(name.toString(), "", volume),
                "block device " + place.links().of(name.minor()),
                this);
        // The volume may go away meanwhile: that waits until all is there that it takes down.
        synchronized (this) {
            entry = left == null ? connect() : reconnect(left);
            told = entry.generation();
            try {
                place.records().write(entry);
                place.links().make(name.minor(), name.resource(), name.volume(), kernelPath());
            } catch (AttachException e) {
                tear();
                throw e;
            } catch (IOException e) {
                tear();
                throw new AttachException("The device cannot be written down: " + e, e);
            }
        }
    }

    /**
     * Attaches a volume of a node that is Primary.
     *
     * @param whenTorn told on some thread when the device has gone because the volume or its connection did
     */
    public static NbdBlockDevice attach(Name name, VolumePort volume, Place place, DataProof proof, Runnable whenTorn)
            throws AttachException, InterruptedException {
        return new NbdBlockDevice(name, volume, place, proof, whenTorn, null);
    }

    /** Gives a device that a former engine left a new connection, if the data are those that it had. */
    static NbdBlockDevice attachAgain(
            NbdRecords.Entry left, VolumePort volume, Place place, DataProof proof, Runnable whenTorn)
            throws AttachException, InterruptedException {
        return new NbdBlockDevice(left.name(), volume, place, proof, whenTorn, left);
    }

    private NbdRecords.Entry connect() throws AttachException, InterruptedException {
        String backend = place.records().prefix() + name + ":" + UUID.randomUUID();
        long[] generation = new long[1];
        try (NbdNetlink netlink = NbdNetlink.open()) {
            int socket = open(stream -> {
                generation[0] = proof.generation();
                return session.open(stream);
            });
            int index;
            try {
                index = netlink.connect(
                        session.size(), session.blockSize(), session.flags(), PATIENCE_SECONDS, socket, backend);
            } catch (AttachException e) {
                leave();
                throw e;
            } finally {
                Libc.close(socket);
            }
            if (!NbdNetlink.has(index, backend)) {
                leave();
                netlink.disconnect(index);
                throw new AttachException("The kernel does not keep the names of NBD devices: it takes Linux 5.14.");
            }
            try {
                settle(index);
            } catch (AttachException e) {
                leave();
                netlink.disconnect(index, backend);
                throw e;
            }
            return new NbdRecords.Entry(name, index, backend, generation[0], false);
        }
    }

    private NbdRecords.Entry reconnect(NbdRecords.Entry left) throws AttachException, InterruptedException {
        long[] generation = new long[1];
        try (NbdNetlink netlink = NbdNetlink.open()) {
            int socket = open(stream -> {
                String changed = proof.changedSince(left.generation());
                generation[0] = proof.generation();
                if (changed == null) {
                    return session.open(stream);
                }
                stream.close();
                return changed;
            });
            try {
                netlink.reconnect(left.index(), left.backend(), socket);
                netlink.resize(left.index(), left.backend(), session.size());
            } catch (AttachException e) {
                leave();
                throw e;
            } finally {
                Libc.close(socket);
            }
        }
        return left.withGeneration(generation[0]);
    }

    private int open(Function<Stream, @Nullable String> server) throws AttachException, InterruptedException {
        EventLoop loop = place.loop();
        ProcessProtection.ofMemory(place.log());
        ProcessProtection.ofLoop(loop, place.log());
        return KernelSocket.open(loop, place.network(), place.records().folder(), server);
    }

    /** The file of the device is made by the kernel, where it makes any. */
    private void settle(int index) throws AttachException, InterruptedException {
        Path device = device(index);
        long end = System.nanoTime() + SETTLE_NANOS;
        while (!Files.exists(device)) {
            if (System.nanoTime() - end > 0) {
                throw new AttachException(device + " is not there: bsrd needs the /dev of the host.");
            }
            Thread.sleep(SETTLE_MILLIS);
        }
        try {
            Files.writeString(NbdNetlink.folder(index).resolve("queue/io_timeout"), LOOK_MILLIS);
        } catch (IOException e) {
            place.log()
                    .accept(name
                            + ": after a restart of the engine its users wait up to 30 s longer, because the kernel"
                            + " does not take another pace: " + e);
        }
    }

    private static Path device(int index) {
        return Path.of("/dev/nbd" + index);
    }

    @Override
    public Path path() {
        return place.links().of(name.minor());
    }

    @Override
    public synchronized Path kernelPath() {
        return device(entry.index());
    }

    @Override
    public List<String> holders() throws InterruptedException {
        Path device = kernelPath();
        return Holders.settled(() -> Holders.ofAll(device));
    }

    @Override
    public synchronized boolean isGone() {
        return gone;
    }

    @Override
    public String userName() {
        return session.description();
    }

    /** Asks the kernel to disconnect at the last closing, and closes: whoever opens it in between keeps it. */
    @Override
    public synchronized List<String> detach(long flushSeconds) throws AttachException, InterruptedException {
        if (gone) {
            return List.of();
        }
        WriteOut.of(this, name, flushSeconds, place.log());
        int index = entry.index();
        String backend = entry.backend();
        leaving = true;
        try (NbdNetlink netlink = NbdNetlink.open()) {
            netlink.clientFlags(index, backend, NbdRequests.DISCONNECT_ON_CLOSE);
            WriteOut.openAndClose(device(index), flushSeconds);
            long end = System.nanoTime() + SETTLE_NANOS;
            while (NbdNetlink.has(index, backend)) {
                List<String> holders = holders();
                if (holders.isEmpty() && System.nanoTime() - end < 0) {
                    Thread.sleep(SETTLE_MILLIS);
                } else if (keep(netlink)) {
                    return holders.isEmpty() ? List.of("somebody whom bsrd cannot see") : holders;
                }
            }
        } finally {
            leaving = false;
        }
        forget();
        endSession();
        return List.of();
    }

    /** False if it has been disconnected meanwhile, which its connection shows before it is no more. */
    private boolean keep(NbdNetlink netlink) throws AttachException, InterruptedException {
        try {
            netlink.clientFlags(entry.index(), entry.backend(), NbdRequests.NONE);
        } catch (AttachException e) {
            if (NbdNetlink.has(entry.index(), entry.backend()) && ended.getCount() > 0) {
                throw e;
            }
        }
        if (ended.getCount() > 0) {
            return true;
        }
        Thread.sleep(SETTLE_MILLIS);
        return false;
    }

    @Override
    public synchronized void tear() throws InterruptedException {
        if (!gone) {
            int index = entry.index();
            String backend = entry.backend();
            leaving = true;
            forget();
            try (NbdNetlink netlink = NbdNetlink.open()) {
                netlink.disconnect(index, backend);
            } catch (AttachException e) {
                place.log().accept(name + ": its block device " + device(index) + " stays: " + e.getMessage());
            }
            endSession();
        }
    }

    private void forget() {
        gone = true;
        place.links().remove(name.minor());
        try {
            place.records().remove(name.minor());
        } catch (IOException e) {
            // The next engine finds that there is no such device.
            place.log().accept(name + ": what was written down of its block device stays: " + e);
        }
    }

    /** {@inheritDoc} It keeps its name, and what is written down about it. */
    @Override
    public synchronized String leave() throws InterruptedException {
        leaving = true;
        gone = true;
        endSession();
        return WAITS;
    }

    private void endSession() throws InterruptedException {
        leaving = true;
        LoopTurn.await(place.loop(), session::leave);
        if (!ended.await(QUIET_SECONDS, TimeUnit.SECONDS)) {
            place.log().accept(name + ": requests of its block device are still at the volume");
        }
    }

    @Override
    public void generation(long current) {
        if (current != told) {
            told = current;
            onThread("record", this::record);
        }
    }

    private synchronized void record() {
        long current = told;
        if (gone || entry.generation() == current) {
            return;
        }
        NbdRecords.Entry changed = entry.withGeneration(current);
        try {
            place.records().write(changed);
            entry = changed;
        } catch (IOException e) {
            place.log()
                    .accept(name
                            + ": the next engine will not take its block device over, because the generation of its"
                            + " data cannot be written down: " + e);
        }
    }

    // Owner of the session, on the loop

    @Override
    public void resized(long size) {
        onThread("resize", this::measure);
    }

    private synchronized void measure() {
        if (gone) {
            return;
        }
        try (NbdNetlink netlink = NbdNetlink.open()) {
            netlink.resize(entry.index(), entry.backend(), session.size());
        } catch (AttachException e) {
            place.log().accept(name + ": its block device did not get the new size: " + e.getMessage());
        }
    }

    @Override
    public void ended(String reason) {
        ended.countDown();
        if (leaving) {
            return;
        }
        boolean engineEnds = session.serverCloses();
        onThread("ended", () -> {
            if (engineEnds) {
                left();
            } else {
                lost(reason);
            }
        });
    }

    /** The engine ends, and could not take the device away in time. */
    private synchronized void left() {
        if (!gone) {
            gone = true;
            place.log().accept(name + ": " + WAITS);
        }
    }

    private void lost(String reason) {
        try {
            synchronized (this) {
                if (gone) {
                    return;
                }
                place.log().accept(name + ": its block device is taken away: " + reason);
                tear();
            }
            whenTorn.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void onThread(String what, Runnable work) {
        Thread.ofPlatform().name(what + "-" + name).daemon(true).start(work);
    }
}
