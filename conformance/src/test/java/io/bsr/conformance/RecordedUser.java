package io.bsr.conformance;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.frontend.nbd.ExportClient;
import io.bsr.wire.StateWord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
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
    private static final int UP_TO_DATE_84 = 8;
    private static final int OUTDATED_84 = 5;
    private static final int SKIP_INITIAL_SYNC = 8;

    private static final long PATIENCE_SECONDS = 30;

    private final Node node;
    private final List<CompletableFuture<Void>> deeds = new ArrayList<>();
    private StateWord before = StateWord.ZERO;

    RecordedUser(Node node) {
        this.node = node;
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
            case Packet.STATE_CHANGE_REQUEST, Packet.CONNECTION_STATE_CHANGE_REQUEST ->
                change(recorded.body().getInt(0), recorded.body().getInt(4));
            case Packet.TWO_PHASE_PREPARE ->
                change(recorded.body().getInt(28), recorded.body().getInt(32));
            case Packet.UUIDS -> {
                if ((recorded.body().getLong(40) & SKIP_INITIAL_SYNC) != 0) {
                    node.must("new-current-uuid", "--clear-bitmap", Pair.RESOURCE + "/0");
                }
            }
            case Packet.UUIDS110 -> {
                if ((recorded.body().getLong(16) & SKIP_INITIAL_SYNC) != 0) {
                    node.must("new-current-uuid", "--clear-bitmap", Pair.RESOURCE + "/0");
                }
            }
            case Packet.STATE -> state(new StateWord(recorded.body().getInt(0)));
            case Packet.DATA -> write(recorded);
            case Packet.TRIM -> {
                try (ExportClient volume = node.openVolume()) {
                    volume.trim(
                            recorded.body().getLong(0) * 512, recorded.body().getInt(24));
                }
            }
            case Packet.ZEROES -> {
                try (ExportClient volume = node.openVolume()) {
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

    private void write(Packet data) throws IOException {
        try (ExportClient volume = node.openVolume()) {
            volume.write(data.body().getLong(0) * 512, dataOf(data));
        }
    }

    /**
     * Between two sessions: a Primary wrote what the next resync finds, and who had disconnected connects.
     *
     * @param first true if our node plays the first of the recording
     */
    void beforeSession(List<Recording.Sent> session, boolean first) throws IOException {
        if (node.now().isPrimary()) {
            try (ExportClient volume = node.openVolume()) {
                for (Recording.Sent sent : session) {
                    if (sent.packet().command() == Packet.STATE_CHANGE_REQUEST
                            || sent.packet().command() == Packet.DATA) {
                        break;
                    }
                    writeAlone(volume, sent.packet(), sent.byFirst() == first);
                }
            }
        }
        if (firstState(session, first).disk() == OUTDATED_84
                && node.now().volume().disk() == DiskState.UP_TO_DATE) {
            node.must("outdate", Pair.RESOURCE);
        }
        if (node.now().is(ConnectionState.STANDALONE)) {
            node.must("connect", Pair.RESOURCE);
        }
        node.await("to wait for the peer", s -> s.is(ConnectionState.CONNECTING));
    }

    private static StateWord firstState(List<Recording.Sent> session, boolean first) {
        return session.stream()
                .filter(s -> s.byFirst() == first && s.packet().command() == Packet.STATE)
                .map(s -> new StateWord(s.packet().body().getInt(0)))
                .findFirst()
                .orElse(StateWord.ZERO);
    }

    /** What was written has been sent, or was the same as before. */
    private static void writeAlone(ExportClient volume, Packet packet, boolean ours) throws IOException {
        long at = packet.command() == Packet.RS_DATA_REPLY || packet.command() == Packet.CSUM_RS_REQUEST
                ? packet.body().getLong(0) * 512
                : 0;
        if (ours && packet.command() == Packet.RS_DATA_REPLY) {
            volume.write(at, dataOf(packet));
        } else if (!ours && packet.command() == Packet.CSUM_RS_REQUEST) {
            volume.write(at, volume.read(at, packet.body().getInt(16)));
        }
    }

    private static byte[] dataOf(Packet packet) {
        byte[] bytes = new byte[packet.body().remaining() - 24];
        packet.body().get(24, bytes);
        return bytes;
    }
}
