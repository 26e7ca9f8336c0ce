package io.bsr.core.generation;

import static io.bsr.core.generation.GenerationIdentifiers.same;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Which former generations a DRBD 8.4 is told, which takes two of them (wire-protocol reference, section 8.6). Here many more
 * are known, and the two newest need not be those that tell how the data of both are related. Each of them is true, so one
 * may stand for another; the newest stays, for it says whether the beginning of a resync was lost.
 */
public final class ToldHistory {
    private static final int TOLD = 2;

    private ToldHistory() {}

    /**
     * The own history in the order in which it is told.
     *
     * @param peer what the peer told last
     */
    public static List<Long> inOrder(GenerationIdentifiers mine, GenerationIdentifiers peer) {
        List<Long> history = mine.history();
        OptionalLong telling = related(mine, peer) ? OptionalLong.empty() : telling(mine, peer);
        if (telling.isEmpty()) {
            return history;
        }
        List<Long> told = new ArrayList<>(history);
        told.removeIf(uuid -> same(uuid, telling.getAsLong()));
        told.add(Math.min(TOLD - 1, told.size()), GenerationIdentifiers.withoutRole(telling.getAsLong()));
        return told;
    }

    /** The two newest are as good as any, or better. */
    private static boolean related(GenerationIdentifiers mine, GenerationIdentifiers peer) {
        long bitmap = mine.bitmapTowards(peer.node());
        long peersBitmap = peer.bitmapTowards(mine.node());
        return same(mine.current(), peer.current())
                || same(mine.current(), peersBitmap)
                || same(bitmap, peer.current())
                || isTold(mine, peer.current())
                || isTold(peer, mine.current());
    }

    private static OptionalLong telling(GenerationIdentifiers mine, GenerationIdentifiers peer) {
        if (mine.historyContains(peer.current())) {
            return OptionalLong.of(peer.current());
        }
        long bitmap = mine.bitmapTowards(peer.node());
        for (int i = 0; i < TOLD; i++) {
            if (isTold(mine, peer.historyAt(i))) {
                return OptionalLong.empty();
            }
        }
        for (int i = 0; i < TOLD; i++) {
            long common = peer.historyAt(i);
            if (mine.historyContains(common) || same(bitmap, common)) {
                return OptionalLong.of(common);
            }
        }
        return OptionalLong.empty();
    }

    private static boolean isTold(GenerationIdentifiers owner, long uuid) {
        for (int i = 0; i < TOLD; i++) {
            if (same(owner.historyAt(i), uuid)) {
                return true;
            }
        }
        return false;
    }
}
