package io.bsr.core;

import io.bsr.base.NodeId;
import io.bsr.core.generation.GenerationIdentifiers;
import io.bsr.core.generation.GenerationReport;
import io.bsr.core.generation.NewGeneration;
import io.bsr.metadata.Superblock;
import io.bsr.wire.packet.Uuids110;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Generation identifiers between their three forms: superblock, packet, and the records that decisions work on. */
final class Generations {
    private Generations() {}

    /** The identifiers of this node's disk. */
    static GenerationIdentifiers of(Superblock superblock, NodeId self) {
        TreeMap<NodeId, Long> bitmaps = new TreeMap<>();
        for (int node = 0; node < NodeId.LIMIT; node++) {
            long uuid = superblock.peer(node).bitmapUuid;
            if (uuid != 0 && node != self.value()) {
                bitmaps.put(new NodeId(node), uuid);
            }
        }
        return new GenerationIdentifiers(self, superblock.currentUuid, bitmaps, history(superblock));
    }

    /** Stores changed identifiers. */
    static void store(Superblock superblock, GenerationIdentifiers identifiers, long dagtag) {
        superblock.currentUuid = identifiers.current();
        for (int node = 0; node < NodeId.LIMIT; node++) {
            NodeId id = new NodeId(node);
            if (id.equals(identifiers.node())) {
                continue;
            }
            long uuid = identifiers.bitmapTowards(id);
            if (superblock.peer(node).bitmapUuid != uuid) {
                superblock.peer(node).bitmapUuid = uuid;
                superblock.peer(node).bitmapDagtag = uuid == 0 ? 0 : dagtag;
            }
        }
        for (int i = 0; i < Superblock.HISTORY; i++) {
            superblock.history(i, identifiers.historyAt(i));
        }
    }

    /** This disk, just created, has the generation of the peer from now on. */
    static void skipInitialSync(Superblock superblock, NodeId self, GenerationReport peer) {
        store(superblock, NewGeneration.initialSyncSkipped(of(superblock, self), peer.identifiers()), 0);
    }

    static List<Long> history(Superblock superblock) {
        List<Long> history = new ArrayList<>();
        for (int i = 0; i < Superblock.HISTORY && superblock.history(i) != 0; i++) {
            history.add(superblock.history(i));
        }
        return history;
    }

    /** What a peer reported. */
    static GenerationReport report(NodeId peer, Uuids110 packet) {
        TreeMap<NodeId, Long> bitmaps = new TreeMap<>();
        for (int node = 0; node < NodeId.LIMIT; node++) {
            long uuid = packet.bitmap(node);
            if (uuid != 0 && node != peer.value()) {
                bitmaps.put(new NodeId(node), uuid);
            }
        }
        return new GenerationReport(
                new GenerationIdentifiers(peer, packet.current(), bitmaps, packet.history()),
                packet.flags(),
                Math.max(0, packet.dirtyBits()));
    }
}
