package io.bsr.conformance;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.frontend.nbd.ExportClient;
import io.bsr.wire.StateWord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Does on our node what users and administrators did on the recorded one: what it sent tells what that was. */
final class RecordedUser {
    private static final int PRIMARY = 1;
    private static final int SECONDARY = 2;
    private static final int DISCONNECTING = 1;
    private static final int STARTING_SYNC_S = 11;
    private static final int STARTING_SYNC_T = 12;
    private static final int VERIFY_S = 18;
    private static final int UP_TO_DATE_84 = 8;
    private static final int OUTDATED_84 = 5;
    private static final int FAILED_84 = 2;
    private static final int SKIP_INITIAL_SYNC = 8;
    private static final int DISCARD_MY_DATA = 1;

    private static final long PATIENCE_SECONDS = 30;

    private final Node node;
    private final List<RecordedDisk> peers;
    private final List<CompletableFuture<Void>> deeds = new ArrayList<>();
    private StateWord before = StateWord.ZERO;

    /**
     * The users of a node.
     *
     * @param peers the disks of the other
     */
    RecordedUser(Node node, List<RecordedDisk> peers) {
        this.node = node;
        this.peers = peers;
    }

    /**
     * Begins to do what led to a packet that the recorded node sent, if somebody asked for it: a command may end only when the
     * peer has answered.
     */
    void prompt(Packet recorded) {
        deeds.add(CompletableFuture.runAsync(() -> {
            try {
                act(recorded);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }));
    }

    /** Waits for the end of all of it. */
    void await() throws InterruptedException, ExecutionException, TimeoutException {
        for (CompletableFuture<Void> deed : deeds) {
            deed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        deeds.clear();
    }

    private void act(Packet recorded) throws IOException {
        switch (recorded.command()) {
            case Packet.STATE_CHANGE_REQUEST, Packet.CONNECTION_STATE_CHANGE_REQUEST -> {
                // A promotion is one of the resource: the node asks for the other volumes by itself.
                if (recorded.volume() <= 0 || new StateWord(recorded.body().getInt(0)).role() == 0) {
                    change(recorded.body().getInt(0), recorded.body().getInt(4));
                }
            }
            case Packet.TWO_PHASE_PREPARE ->
                change(recorded.body().getInt(28), recorded.body().getInt(32));
            case Packet.UUIDS -> {
                if ((recorded.body().getLong(40) & SKIP_INITIAL_SYNC) != 0) {
                    node.must("new-current-uuid", "--clear-bitmap", Pair.RESOURCE + "/" + recorded.volume());
                }
            }
            case Packet.UUIDS110 -> {
                if ((recorded.body().getLong(16) & SKIP_INITIAL_SYNC) != 0) {
                    node.must("new-current-uuid", "--clear-bitmap", Pair.RESOURCE + "/" + recorded.volume());
                }
            }
            case Packet.STATE -> state(new StateWord(recorded.body().getInt(0)));
            case Packet.DATA -> write(recorded);
            case Packet.DATA_REQUEST -> read(recorded);
            case Packet.TRIM -> {
                try (ExportClient volume = node.openVolume(recorded.volume())) {
                    volume.trim(
                            recorded.body().getLong(0) * 512, recorded.body().getInt(24));
                }
            }
            case Packet.ZEROES -> {
                try (ExportClient volume = node.openVolume(recorded.volume())) {
                    volume.writeZeroes(
                            recorded.body().getLong(0) * 512, recorded.body().getInt(24));
                }
            }
            default -> {
                // Follows from what was said before.
            }
        }
    }

    /** True for a two-phase request to disconnect. */
    static boolean isDisconnect(Packet request) {
        return new StateWord(request.body().getInt(28)).conn() != 0
                && new StateWord(request.body().getInt(32)).conn() == DISCONNECTING;
    }

    private void change(int maskBits, int valueBits) {
        StateWord mask = new StateWord(maskBits);
        StateWord value = new StateWord(valueBits);
        if (mask.role() != 0 && value.role() == PRIMARY) {
            if (mask.disk() != 0 && value.disk() >= UP_TO_DATE_84) {
                node.must("primary", "--force", Pair.RESOURCE);
            } else {
                node.must("primary", Pair.RESOURCE);
            }
        } else if (mask.conn() != 0 && value.conn() == DISCONNECTING) {
            node.must("disconnect", Pair.RESOURCE);
        } else if (mask.conn() != 0 && value.conn() == STARTING_SYNC_T) {
            node.must("invalidate", Pair.RESOURCE);
        } else if (mask.conn() != 0 && value.conn() == STARTING_SYNC_S) {
            node.must("invalidate-remote", Pair.RESOURCE);
        } else if (mask.conn() != 0 && value.conn() == VERIFY_S) {
            node.must("verify", Pair.RESOURCE);
        } else if (mask.disk() != 0 && value.disk() == FAILED_84) {
            if (node.now().isPrimary()) {
                node.must("detach", "--force", Pair.RESOURCE);
            } else {
                node.must("detach", Pair.RESOURCE);
            }
        }
    }

    private void state(StateWord now) {
        if (before.role() == PRIMARY && now.role() == SECONDARY) {
            demote();
        }
        if (now.userIsp() != before.userIsp()) {
            node.must(now.userIsp() ? "pause-sync" : "resume-sync", Pair.RESOURCE);
        }
        before = now;
    }

    private void demote() {
        // A client that has just left is still being seen off.
        node.until(
                "to become Secondary",
                () -> node.adm("secondary", Pair.RESOURCE).code() == 0);
    }

    private void read(Packet request) throws IOException {
        int length = request.body().getInt(16);
        try (ExportClient volume = node.openVolume(request.volume())) {
            long sector = request.body().getLong(0);
            if (!Arrays.equals(
                    volume.read(sector * 512, length),
                    peers.get(request.volume()).read(sector, length))) {
                throw new IOException("users read other data from sector " + sector + " on than the peer has");
            }
        }
    }

    private void write(Packet data) throws IOException {
        try (ExportClient volume = node.openVolume(data.volume())) {
            volume.write(data.body().getLong(0) * 512, dataOf(data));
        }
    }

    /**
     * Between two sessions: a node wrote alone what the next resync finds, and who had disconnected connects.
     *
     * @param sessions the one that is about to begin, and those that follow
     * @param first true if our node plays the first of the recording
     */
    void beforeSession(List<List<Recording.Sent>> sessions, boolean first, long sectors) throws IOException {
        List<Recording.Sent> session = sessions.getFirst();
        StateWord next = firstState(session, first);
        wentOnAlone(sessions, first, sectors, next.role() == PRIMARY);
        if (next.disk() == OUTDATED_84 && node.now().volume().disk() == DiskState.UP_TO_DATE) {
            node.must("outdate", Pair.RESOURCE);
        }
        if (node.now().is(ConnectionState.STANDALONE)) {
            connect(discards(session, first));
        }
        node.await("to wait for the peer", s -> s.is(ConnectionState.CONNECTING));
    }

    private void wentOnAlone(List<List<Recording.Sent>> sessions, boolean first, long sectors, boolean remainsPrimary)
            throws IOException {
        Packet told = firstIdentifiers(sessions.getFirst(), first);
        long marked = told.body().getLong(told.command() == Packet.UUIDS ? 32 : 8);
        boolean hasData = (told.body().getLong(0) & ~1L) != Identifiers.JUST_CREATED;
        if (hasData && marked * 4096 > node.now().outOfSyncBytes()) {
            if (!node.now().isPrimary()) {
                node.must("primary", Pair.RESOURCE);
            }
            try (ExportClient volume = node.openVolume()) {
                for (Map.Entry<Integer, byte[]> write :
                        LoneWrites.before(sessions, first, sectors).entrySet()) {
                    long at = write.getKey() * 4096L;
                    volume.write(at, write.getValue().length > 0 ? write.getValue() : volume.read(at, 4096));
                }
            }
            if (!remainsPrimary) {
                demote();
            }
        } else if (hasData
                && marked == 0
                && told.command() == Packet.UUIDS
                && (told.body().getLong(8) & 1) != 0) {
            // DRBD 8.4 begins a generation when it loses the peer, and not only when it writes.
            node.must("new-current-uuid", Pair.RESOURCE + "/0");
        }
    }

    private void connect(boolean discard) {
        if (discard) {
            node.must("connect", "--discard-my-data", Pair.RESOURCE);
        } else {
            node.must("connect", Pair.RESOURCE);
        }
    }

    private static boolean discards(List<Recording.Sent> session, boolean first) {
        return session.stream()
                .anyMatch(s -> s.byFirst() == first
                        && s.packet().command() == Packet.PROTOCOL
                        && (s.packet().body().getInt(16) & DISCARD_MY_DATA) != 0);
    }

    private static Packet firstIdentifiers(List<Recording.Sent> session, boolean first) {
        return session.stream()
                .filter(s -> s.byFirst() == first
                        && (s.packet().command() == Packet.UUIDS || s.packet().command() == Packet.UUIDS110))
                .findFirst()
                .orElseThrow()
                .packet();
    }

    private static StateWord firstState(List<Recording.Sent> session, boolean first) {
        return session.stream()
                .filter(s -> s.byFirst() == first && s.packet().command() == Packet.STATE)
                .map(s -> new StateWord(s.packet().body().getInt(0)))
                .findFirst()
                .orElse(StateWord.ZERO);
    }

    private static byte[] dataOf(Packet packet) {
        byte[] bytes = new byte[packet.body().remaining() - 24];
        packet.body().get(24, bytes);
        return bytes;
    }
}
