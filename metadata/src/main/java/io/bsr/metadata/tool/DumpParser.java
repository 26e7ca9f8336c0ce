package io.bsr.metadata.tool;

import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.Superblock;
import io.bsr.metadata.tool.DumpLexer.Kind;
import java.io.Reader;

/**
 * Reads the text of a dump (metadata reference, section 10.2). The bitmap goes to a {@link Sink} as it is read, so that
 * a dump of any size needs little memory.
 */
public final class DumpParser {
    /** Receives a dump, in the order of the text. */
    public interface Sink {
        /** Everything before the bitmaps; the offsets are not set. */
        void header(Superblock superblock) throws MetadataException;

        /**
         * Equal 64-bit words of a slot; bit 0 of a word is its first block.
         *
         * @param first number of the first word in the slot
         * @param count at least 1
         */
        void words(int slot, long first, long count, long word) throws MetadataException;
    }

    /** Words of a slot of the largest possible volume. */
    private static final long MAX_WORDS = MetadataLayout.MAX_SECTORS / 8 / Long.SIZE;

    private final DumpLexer lexer;
    private final Sink sink;
    private final Superblock superblock = new Superblock();

    private DumpParser(Reader in, Sink sink) {
        lexer = new DumpLexer(in);
        this.sink = sink;
    }

    /**
     * Reads a whole dump.
     *
     * @throws MetadataException DUMP_SYNTAX, IO, or what the sink throws
     */
    public static Superblock parse(Reader in, Sink sink) throws MetadataException {
        DumpParser parser = new DumpParser(in, sink);
        parser.lexer.next();
        parser.all();
        return parser.superblock;
    }

    /** Checks that the text is a dump. */
    public static Superblock verify(Reader in) throws MetadataException {
        return parse(in, new Sink() {
            @Override
            public void header(Superblock superblock) {}

            @Override
            public void words(int slot, long first, long count, long word) {}
        });
    }

    private void all() throws MetadataException {
        keyword("version");
        if (!take(Kind.STRING, "a version").equals("v09")) {
            throw lexer.error("the dump is of another version than v09");
        }
        punctuation(";");
        superblock.maxPeers = (int) number("max-peers", 1, Superblock.PEERS);
        superblock.nodeId = (int) number("node-id", Superblock.NO_NODE, Superblock.PEERS - 1);
        superblock.currentUuid = hex("current-uuid", Kind.HEX64);
        superblock.flags = (int) hex("flags", Kind.HEX32);
        peers();
        keyword("history-uuids");
        punctuation("{");
        for (int i = 0; i < Superblock.HISTORY; i++) {
            superblock.history(i, value(Kind.HEX64, "a UUID"));
            punctuation(";");
        }
        punctuation("}");
        superblock.effectiveSectors = number("la-size-sect", 0, MetadataLayout.MAX_SECTORS);
        number("bm-byte-per-bit", Superblock.BYTES_PER_BIT, Superblock.BYTES_PER_BIT);
        superblock.deviceUuid = hex("device-uuid", Kind.HEX64);
        superblock.peerMaxBioBytes = (int) number("la-peer-max-bio-size", 0, 0xFFFF_FFFFL);
        superblock.alStripes = (int) number("al-stripes", 1, ActivityLogRing.MAX_BLOCKS);
        superblock.alStripeBlocks = (int) number("al-stripe-size-4k", 1, ActivityLogRing.MAX_BLOCKS);
        if (!ActivityLogRing.valid(superblock.alStripes, superblock.alStripeBlocks)) {
            throw lexer.error(
                    "activity log of " + superblock.alStripes + " x " + superblock.alStripeBlocks + " blocks");
        }
        superblock.alExtents = Superblock.CREATED_AL_EXTENTS;
        sink.header(superblock);
        for (int slot = 0; slot < superblock.maxPeers; slot++) {
            bitmap(slot);
        }
        if (lexer.kind != Kind.END) {
            throw lexer.error("end of file expected");
        }
    }

    private void peers() throws MetadataException {
        int seen = 0;
        for (int i = 0; i < Superblock.PEERS; i++) {
            keyword("peer");
            int node = index(Superblock.PEERS);
            if ((seen >>> node & 1) != 0) {
                throw lexer.error("peer " + node + " is defined more than once");
            }
            seen |= 1 << node;
            PeerEntry peer = superblock.peer(node);
            punctuation("{");
            peer.bitmapIndex = (int) number("bitmap-index", PeerEntry.NO_SLOT, Superblock.PEERS - 1);
            peer.bitmapUuid = hex("bitmap-uuid", Kind.HEX64);
            peer.bitmapDagtag = hex("bitmap-dagtag", Kind.HEX64);
            peer.flags = (int) hex("flags", Kind.HEX32);
            punctuation("}");
        }
    }

    private void bitmap(int slot) throws MetadataException {
        keyword("bitmap");
        if (index(Superblock.PEERS) != slot) {
            throw lexer.error("bitmap[" + slot + "] expected");
        }
        punctuation("{");
        long position = 0;
        while (lexer.kind == Kind.NUMBER || lexer.kind == Kind.HEX64) {
            long count = 1;
            if (lexer.kind == Kind.NUMBER) {
                count = value(Kind.NUMBER, "a number");
                if (!lexer.text.equals("times")) {
                    throw unexpected("keyword 'times'");
                }
                lexer.next();
            }
            if (count < 1 || count > MAX_WORDS - position) {
                throw lexer.error("impossible number of words: " + count);
            }
            sink.words(slot, position, count, value(Kind.HEX64, "a hexadecimal number of 16 digits"));
            position += count;
            punctuation(";");
        }
        punctuation("}");
    }

    private int index(int limit) throws MetadataException {
        punctuation("[");
        long index = value(Kind.NUMBER, "a number");
        if (index < 0 || index >= limit) {
            throw lexer.error("index " + index + " is not below " + limit);
        }
        punctuation("]");
        return (int) index;
    }

    private long number(String keyword, long lowest, long highest) throws MetadataException {
        keyword(keyword);
        long number = value(Kind.NUMBER, "a number");
        if (number < lowest || number > highest) {
            throw lexer.error(keyword + " is " + number + ", allowed are " + lowest + " to " + highest);
        }
        punctuation(";");
        return number;
    }

    private long hex(String keyword, Kind kind) throws MetadataException {
        keyword(keyword);
        long number = value(kind, kind == Kind.HEX64 ? "a UUID" : "flags");
        punctuation(";");
        return number;
    }

    private void keyword(String keyword) throws MetadataException {
        if (lexer.kind != Kind.WORD || !lexer.text.equals(keyword)) {
            throw unexpected("keyword '" + keyword + "'");
        }
        lexer.next();
    }

    private void punctuation(String mark) throws MetadataException {
        if (lexer.kind != Kind.PUNCTUATION || !lexer.text.equals(mark)) {
            throw unexpected("'" + mark + "'");
        }
        lexer.next();
    }

    private long value(Kind kind, String what) throws MetadataException {
        long value = lexer.value;
        take(kind, what);
        return value;
    }

    private String take(Kind kind, String what) throws MetadataException {
        if (lexer.kind != kind) {
            throw unexpected(what);
        }
        String text = lexer.text;
        lexer.next();
        return text;
    }

    private MetadataException unexpected(String expected) {
        return lexer.error(expected + " expected"
                + (lexer.kind == Kind.END ? ", but end of file encountered" : ", found " + lexer.text));
    }
}
