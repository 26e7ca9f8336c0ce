package io.bsr.core.generation;

import java.util.EnumSet;

/**
 * What one node tells the other: its identifiers, flags and number of set bits (P_UUIDS, P_UUIDS110). A node's own
 * report for a comparison is what it sent, or would send now, to that peer; both sides must decide from the same facts.
 *
 * @param flags {@link UuidFlag}s as they are on the wire
 * @param dirtyBits set bits of the sender's bitmap towards the receiver, each 4 KiB
 */
public record GenerationReport(GenerationIdentifiers identifiers, long flags, long dirtyBits) {
    public GenerationReport {
        if (dirtyBits < 0) {
            throw new IllegalArgumentException("a negative number of out-of-sync blocks: " + dirtyBits);
        }
    }

    public boolean has(UuidFlag flag) {
        return flag.in(flags);
    }

    public GenerationReport withIdentifiers(GenerationIdentifiers others) {
        return new GenerationReport(others, flags, dirtyBits);
    }

    public GenerationReport with(UuidFlag flag) {
        return new GenerationReport(identifiers, flags | flag.mask(), dirtyBits);
    }

    @Override
    public String toString() {
        EnumSet<UuidFlag> set = EnumSet.noneOf(UuidFlag.class);
        for (UuidFlag flag : UuidFlag.values()) {
            if (has(flag)) {
                set.add(flag);
            }
        }
        return identifiers + " bits:" + dirtyBits + " flags:" + set;
    }
}
