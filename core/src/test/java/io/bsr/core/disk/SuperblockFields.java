package io.bsr.core.disk;

import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.Superblock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All fields of a superblock as numbers, read from memory or, without the codec of the product, from a disk (metadata
 * reference, section 3).
 */
final class SuperblockFields {
    private static final List<String> NAMES = List.of(
            "effective size",
            "current UUID",
            "device UUID",
            "flags",
            "metadata size",
            "activity-log offset",
            "activity-log extents",
            "bitmap offset",
            "largest request",
            "max-peers",
            "node id",
            "stripes",
            "blocks per stripe");

    private final long[] values;

    private SuperblockFields(long[] values) {
        this.values = values;
    }

    static SuperblockFields of(Superblock s) {
        List<Long> all = new ArrayList<>(List.of(
                s.effectiveSectors,
                s.currentUuid,
                s.deviceUuid,
                (long) s.flags,
                s.mdSizeSectors,
                (long) s.alOffsetSectors,
                (long) s.alExtents,
                (long) s.bmOffsetSectors,
                (long) s.peerMaxBioBytes,
                (long) s.maxPeers,
                (long) s.nodeId,
                (long) s.alStripes,
                (long) s.alStripeBlocks));
        for (int node = 0; node < 32; node++) {
            PeerEntry peer = s.peer(node);
            all.addAll(List.of(peer.bitmapUuid, peer.bitmapDagtag, (long) peer.flags, (long) peer.bitmapIndex));
        }
        for (int i = 0; i < 32; i++) {
            all.add(s.history(i));
        }
        return new SuperblockFields(all.stream().mapToLong(Long::longValue).toArray());
    }

    /** The fields that begin at {@code at}: those in force, or those of a record of what is to come. */
    static SuperblockFields of(ByteBuffer block, int at) {
        List<Long> all = new ArrayList<>(List.of(
                block.getLong(at),
                block.getLong(at + 8),
                block.getLong(at + 48),
                (long) block.getInt(at + 56),
                Integer.toUnsignedLong(block.getInt(at + 64)),
                (long) block.getInt(at + 68),
                (long) block.getInt(at + 72),
                (long) block.getInt(at + 76),
                (long) block.getInt(at + 84),
                (long) block.getInt(at + 88),
                (long) block.getInt(at + 92),
                (long) block.getInt(at + 96),
                (long) block.getInt(at + 100)));
        for (int node = 0; node < 32; node++) {
            int entry = at + 112 + 32 * node;
            all.addAll(List.of(block.getLong(entry), block.getLong(entry + 8), (long) block.getInt(entry + 16), (long)
                    block.getInt(entry + 20)));
        }
        for (int i = 0; i < 32; i++) {
            all.add(block.getLong(at + 1136 + 8 * i));
        }
        return new SuperblockFields(all.stream().mapToLong(Long::longValue).toArray());
    }

    long effectiveSectors() {
        return values[0];
    }

    long currentUuid() {
        return values[1];
    }

    int flags() {
        return (int) values[3];
    }

    int alOffset() {
        return (int) values[5];
    }

    int bitmapOffset() {
        return (int) values[7];
    }

    int maxPeers() {
        return (int) values[9];
    }

    int stripes() {
        return (int) values[11];
    }

    int stripeBlocks() {
        return (int) values[12];
    }

    int peerFlags(int node) {
        return (int) values[NAMES.size() + 4 * node + 2];
    }

    int slot(int node) {
        return (int) values[NAMES.size() + 4 * node + 3];
    }

    /** The same but for what an attach changes in memory: the size of the active set, and marks that became bits. */
    SuperblockFields asFound(SuperblockFields found, int peerFlag) {
        long[] same = values.clone();
        same[6] = found.values[6];
        for (int node = 0; node < 32; node++) {
            int at = NAMES.size() + 4 * node + 2;
            same[at] |= found.values[at] & peerFlag;
        }
        return new SuperblockFields(same);
    }

    /** What the repair of a crashed Primary leaves: its log is in the bitmap, and full resyncs are. */
    SuperblockFields asCrashed() {
        long[] crashed = values.clone();
        if ((flags() & 0x2) != 0) {
            crashed[3] = (flags() & ~0x2) | 0x40;
            for (int node = 0; node < 32; node++) {
                crashed[NAMES.size() + 4 * node + 2] &= ~0x8L;
            }
        }
        return new SuperblockFields(crashed);
    }

    /** Every peer is to be resynchronised in full, and nothing of this needs the activity log. */
    boolean wary() {
        for (int node = 0; node < 32; node++) {
            if (slot(node) >= 0 && (peerFlags(node) & 0x8) == 0) {
                return false;
            }
        }
        return (flags() & 0x2) == 0;
    }

    /** What is different, in words. */
    String differences(SuperblockFields other) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            if (values[i] != other.values[i]) {
                all.add(name(i) + " " + Long.toHexString(values[i]) + " / " + Long.toHexString(other.values[i]));
            }
        }
        return String.join(", ", all);
    }

    private static String name(int index) {
        int peer = index - NAMES.size();
        if (peer < 0) {
            return NAMES.get(index);
        }
        return peer < 128
                ? "node " + peer / 4 + " "
                        + List.of("bitmap UUID", "dagtag", "flags", "slot").get(peer % 4)
                : "history " + (peer - 128);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SuperblockFields fields && Arrays.equals(values, fields.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }
}
