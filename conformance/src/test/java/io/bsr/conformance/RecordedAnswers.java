package io.bsr.conformance;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The packets of both nodes that ask and answer: pings, writes, epochs, blocks of a resync. How many there are and when they
 * come is a matter of timing; each has its answer. The recorded node's are made here, ours are counted.
 */
final class RecordedAnswers {
    private static final int RECEIVE_ACK = 128;
    private static final int WRITE_ACK = 256;
    private static final int SECTOR = 512;
    private static final String VERIFY_DIGEST = "sha1";
    private static final long EQUAL = 4711;
    private static final long DIFFERENT = 4712;

    private final List<RecordedDisk> disks;
    private final boolean bsr;
    private final String digest;
    private final long patienceSeconds;

    /** What the recorded node waits for. */
    private final List<String> awaited = new ArrayList<>();

    private final List<String> wrong = new ArrayList<>();
    private final List<String> written = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final List<Packet> held = new ArrayList<>();
    private int writesInEpoch;
    private int oursInEpoch;
    private boolean willCancel;

    /** Of the packet at hand. */
    private int volume;

    private boolean holdsRequests;

    RecordedAnswers(List<RecordedDisk> disks, boolean bsr, String digest, long patienceSeconds) {
        this.disks = disks;
        this.bsr = bsr;
        this.digest = digest;
        this.patienceSeconds = patienceSeconds;
    }

    /** True for the packets that are handled here. */
    static boolean concerns(Packet packet) {
        return switch (packet.command()) {
            case Packet.PING,
                    Packet.PING_ACK,
                    Packet.DATA,
                    Packet.TRIM,
                    Packet.ZEROES,
                    Packet.BARRIER,
                    Packet.UNPLUG_REMOTE,
                    Packet.DAGTAG,
                    Packet.PEER_ACK,
                    Packet.PEERS_IN_SYNC,
                    Packet.OUT_OF_SYNC,
                    Packet.RS_DATA_REQUEST,
                    Packet.CSUM_RS_REQUEST,
                    Packet.RS_DATA_REPLY,
                    Packet.RS_IS_IN_SYNC,
                    Packet.RS_CANCEL,
                    Packet.DATA_REQUEST,
                    Packet.DATA_REPLY,
                    Packet.OV_REQUEST,
                    Packet.OV_REPLY,
                    Packet.OV_RESULT,
                    Packet.RECV_ACK,
                    Packet.WRITE_ACK,
                    Packet.RS_WRITE_ACK,
                    Packet.RS_WRITE_ACK_116,
                    Packet.UUID_ACK,
                    Packet.BARRIER_ACK -> true;
            default -> false;
        };
    }

    /** True for what the recorded node sends by itself: the rest of these is made in answer to what ours sends. */
    static boolean isUnasked(Packet packet) {
        return switch (packet.command()) {
            case Packet.DATA,
                    Packet.TRIM,
                    Packet.ZEROES,
                    Packet.BARRIER,
                    Packet.UNPLUG_REMOTE,
                    Packet.DAGTAG,
                    Packet.OUT_OF_SYNC,
                    Packet.RS_DATA_REQUEST,
                    Packet.CSUM_RS_REQUEST,
                    Packet.OV_REQUEST -> true;
            default -> false;
        };
    }

    /** True for what users of a node did that it could not do by itself. */
    static boolean isOfUsers(Packet packet) {
        return isWrite(packet) || packet.command() == Packet.DATA_REQUEST;
    }

    static boolean isWrite(Packet packet) {
        return packet.command() == Packet.DATA || packet.command() == Packet.TRIM || packet.command() == Packet.ZEROES;
    }

    /** The recorded node is about to send this. */
    synchronized void sending(Packet packet) {
        volume = packet.volume();
        ByteBuffer body = packet.body();
        switch (packet.command()) {
            case Packet.DATA, Packet.TRIM, Packet.ZEROES -> {
                disk().take(packet);
                writesInEpoch++;
                if ((body.getInt(20) & (RECEIVE_ACK | WRITE_ACK)) != 0) {
                    int command = (body.getInt(20) & WRITE_ACK) != 0 ? Packet.WRITE_ACK : Packet.RECV_ACK;
                    awaited.add(ofBlock(command, body.getLong(0), body.getLong(8), sizeOf(packet)));
                }
            }
            case Packet.BARRIER -> {
                awaited.add("barrier " + body.getInt(0) + " of " + writesInEpoch);
                writesInEpoch = 0;
            }
            case Packet.RS_DATA_REQUEST, Packet.CSUM_RS_REQUEST ->
                awaited.add(ofBlock(Packet.RS_DATA_REPLY, body.getLong(0), 0, body.getInt(16)));
            case Packet.OV_REQUEST -> awaited.add(ofBlock(Packet.OV_REPLY, body.getLong(0), 0, body.getInt(16)));
            case Packet.SYNC_UUID -> holdsRequests = willCancel;
            case Packet.UUIDS110 -> awaited.add("acknowledgement of identifiers");
            default -> {
                // Nobody answers it.
            }
        }
    }

    private String ofBlock(int command, long sector, long id, int size) {
        return "%02x for volume %d, %d+%d id %x".formatted(command, volume, sector, size / SECTOR, id);
    }

    private static int sizeOf(Packet packet) {
        return packet.command() == Packet.TRIM || packet.command() == Packet.ZEROES
                ? packet.body().getInt(24)
                : packet.body().remaining() - 24;
    }

    /** Our node has sent this; returns what the recorded node answers, or null. */
    synchronized @Nullable Packet received(Packet packet) {
        volume = packet.volume();
        ByteBuffer body = packet.body();
        Packet answer = null;
        switch (packet.command()) {
            case Packet.PING -> answer = Packet.of(Packet.PING_ACK);
            case Packet.DATA, Packet.TRIM, Packet.ZEROES -> answer = writeOfOurs(packet);
            case Packet.BARRIER -> {
                answer = Packet.of(
                        Packet.BARRIER_ACK,
                        ByteBuffer.allocate(8)
                                .putInt(body.getInt(0))
                                .putInt(oursInEpoch)
                                .array());
                oursInEpoch = 0;
            }
            case Packet.RS_DATA_REQUEST -> {
                if (holdsRequests) {
                    held.add(packet);
                } else {
                    answer = blocks(body.getLong(0), body.getLong(8), body.getInt(16));
                }
            }
            case Packet.DATA_REQUEST -> {
                asked.add(describe(packet));
                answer = answer(Packet.DATA_REPLY, body.getLong(0), body.getLong(8), body.getInt(16));
            }
            case Packet.OV_REQUEST -> answer = digestOf(body.getLong(0), body.getLong(8), body.getInt(16));
            case Packet.OV_REPLY -> answer = comparedDigest(body);
            case Packet.OV_RESULT -> answered(ofBlock(Packet.OV_RESULT, body.getLong(0), 0, body.getInt(16)));
            case Packet.CSUM_RS_REQUEST -> answer = compared(body);
            case Packet.RS_DATA_REPLY -> answer = blocksOfOurs(packet);
            case Packet.RS_IS_IN_SYNC -> answered(ofBlock(Packet.RS_DATA_REPLY, body.getLong(0), 0, body.getInt(16)));
            case Packet.WRITE_ACK, Packet.RECV_ACK ->
                answered(ofBlock(packet.command(), body.getLong(0), body.getLong(8), body.getInt(16)));
            case Packet.RS_WRITE_ACK, Packet.RS_WRITE_ACK_116 -> {
                // Of a block of the resync, or of a write beside it.
                if (!awaited.remove(ofBlock(Packet.WRITE_ACK, body.getLong(0), body.getLong(8), body.getInt(16)))) {
                    answered(ofBlock(Packet.RS_WRITE_ACK, body.getLong(0), 0, body.getInt(16)));
                }
            }
            case Packet.UUID_ACK -> answered("acknowledgement of identifiers");
            case Packet.BARRIER_ACK -> answered("barrier " + body.getInt(0) + " of " + body.getInt(4));
            default -> {
                // Needs no answer.
            }
        }
        notifyAll();
        return answer == null ? null : answer.ofVolume(volume);
    }

    private RecordedDisk disk() {
        return disks.get(volume);
    }

    private void answered(String what) {
        if (!awaited.remove(what)) {
            wrong.add(what);
        }
    }

    private @Nullable Packet writeOfOurs(Packet packet) {
        ByteBuffer body = packet.body();
        disk().take(packet);
        oursInEpoch++;
        written.add(describe(packet));
        int flags = body.getInt(20);
        if ((flags & (RECEIVE_ACK | WRITE_ACK)) == 0) {
            return null;
        }
        return ack(
                (flags & WRITE_ACK) != 0 ? Packet.WRITE_ACK : Packet.RECV_ACK,
                body.getLong(0),
                body.getLong(8),
                sizeOf(packet),
                body.getInt(16));
    }

    private static Packet ack(int command, long sector, long id, int size, int sequence) {
        return Packet.of(
                command,
                ByteBuffer.allocate(24)
                        .putLong(sector)
                        .putLong(id)
                        .putInt(size)
                        .putInt(sequence)
                        .array());
    }

    private Packet blocks(long sector, long id, int size) {
        awaited.add(ofBlock(Packet.RS_WRITE_ACK, sector, 0, size));
        return answer(Packet.RS_DATA_REPLY, sector, id, size);
    }

    private Packet answer(int command, long sector, long id, int size) {
        return Packet.of(
                command,
                ByteBuffer.allocate(24 + size)
                        .putLong(sector)
                        .putLong(id)
                        .putLong(0)
                        .put(disk().read(sector, size))
                        .array());
    }

    private Packet digestOf(long sector, long id, int size) {
        awaited.add(ofBlock(Packet.OV_RESULT, sector, 0, size));
        byte[] mine = disk().digest(VERIFY_DIGEST, sector, size);
        return Packet.of(
                Packet.OV_REPLY,
                ByteBuffer.allocate(24 + mine.length)
                        .putLong(sector)
                        .putLong(id)
                        .putInt(size)
                        .putInt(0)
                        .put(mine)
                        .array());
    }

    private Packet comparedDigest(ByteBuffer body) {
        long sector = body.getLong(0);
        int size = body.getInt(16);
        byte[] theirs = new byte[body.remaining() - 24];
        body.get(24, theirs);
        answered(ofBlock(Packet.OV_REPLY, sector, 0, size));
        boolean equal = java.util.Arrays.equals(theirs, disk().digest(VERIFY_DIGEST, sector, size));
        return ack(Packet.OV_RESULT, sector, equal ? EQUAL : DIFFERENT, size, 0);
    }

    private Packet compared(ByteBuffer body) {
        long sector = body.getLong(0);
        int size = body.getInt(16);
        byte[] theirs = new byte[body.remaining() - 24];
        body.get(24, theirs);
        return java.util.Arrays.equals(theirs, disk().digest(digest, sector, size))
                ? ack(Packet.RS_IS_IN_SYNC, sector, body.getLong(8), size, 0)
                : blocks(sector, body.getLong(8), size);
    }

    private Packet blocksOfOurs(Packet packet) {
        ByteBuffer body = packet.body();
        int size = body.remaining() - 24;
        disk().take(packet);
        answered(ofBlock(Packet.RS_DATA_REPLY, body.getLong(0), 0, size));
        if (!bsr) {
            return ack(Packet.RS_WRITE_ACK, body.getLong(0), body.getLong(8), size, 0);
        }
        return Packet.of(
                Packet.RS_WRITE_ACK_116,
                ByteBuffer.allocate(28)
                        .putLong(body.getLong(0))
                        .putLong(body.getLong(8))
                        .putInt(size)
                        .putInt(0)
                        .putInt(body.getInt(16))
                        .array());
    }

    /** A session begins in which some requests are to be cancelled: those of the resync that has to be begun again. */
    synchronized void begin(boolean cancels) {
        willCancel = cancels;
        holdsRequests = false;
        held.clear();
    }

    /** What the recorded node answers to the requests that it cannot serve any more. */
    synchronized List<Packet> cancelled() {
        List<Packet> answers = new ArrayList<>();
        for (Packet request : held) {
            ByteBuffer body = request.body();
            answers.add(ack(Packet.RS_CANCEL, body.getLong(0), body.getLong(8), body.getInt(16), 0));
        }
        held.clear();
        willCancel = false;
        return answers;
    }

    /** Waits until our node has asked for what its users read. */
    synchronized void awaitRead(Packet recorded) throws InterruptedException {
        String what = describe(recorded);
        await("our node to send " + what, () -> asked.remove(what));
    }

    /** What a user did, whatever packet carries it: zeroes and discards may stand for each other. */
    static String describe(Packet packet) {
        if (packet.command() == Packet.DATA_REQUEST) {
            return "read " + packet.volume() + "/" + packet.body().getLong(0) + "+"
                    + packet.body().getInt(16) / SECTOR;
        }
        return (packet.command() == Packet.DATA ? "data " : "zeroes ") + packet.volume() + "/"
                + packet.body().getLong(0) + "+" + sizeOf(packet) / SECTOR;
    }

    /** Waits until our node has sent a write. */
    synchronized void awaitWrite(Packet recorded) throws InterruptedException {
        String what = describe(recorded);
        await("our node to send " + what, () -> written.remove(what));
    }

    /** Waits until our node has answered everything, and closed the epoch of its own writes. */
    synchronized void awaitAnswers() throws InterruptedException {
        await("our node to answer", () -> awaited.isEmpty() && oursInEpoch == 0);
    }

    /** Writes of our node that were not recorded, and answers that nobody waited for; empty if there are none. */
    synchronized List<String> unexpected() {
        List<String> all = new ArrayList<>(wrong);
        all.addAll(written);
        all.addAll(asked);
        return all;
    }

    private void await(String what, java.util.function.BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(patienceSeconds);
        while (!condition.getAsBoolean()) {
            long left = end - System.nanoTime();
            if (left <= 0 || !wrong.isEmpty()) {
                throw new AssertionError("Waited in vain for " + what + "; open: " + awaited
                        + ", writes of ours without a barrier: " + oursInEpoch + "; wrong: " + wrong);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Fails if our node sent what was not recorded. */
    void ended() {
        if (!unexpected().isEmpty()) {
            throw new AssertionError("not recorded, and sent by our node: " + unexpected());
        }
    }
}
