package io.bsr.metadata.tool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.base.Units;
import io.bsr.metadata.ActivityLogBlock;
import io.bsr.metadata.ActivityLogReplay;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.BitmapLayout;
import io.bsr.metadata.FormatVersion;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerEntry;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images made by drbdmeta 9.22 (two by bsrmeta's rules alone) are read as they are and written as they were. */
class GoldenImagesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "v09-int-p1-al32k-fresh",
                "v09-int-p7-al320k-fresh",
                "v09-int-p7-rich",
                "v09-int-p7-dirty",
                "v09-int-p7-applied",
                "v09-int-p31-rich",
                "v09-int-p32-bsr",
                "v09-int-p2-striped-dirty",
                "v09-int-p2-striped-applied",
                "v09-flexext-p3-rich",
                "v09-flexext-p1-large",
                "v09-idx1-bsr-p2",
                "v09-grown-p1-before",
                "v09-grown-p1-after",
                "v09-grown-p2-before",
                "v09-grown-p2-after-correct"
            })
    void a_golden_image_is_read_and_written_back_unchanged(String name) throws Exception {
        GoldenImage golden = new GoldenImage(name);
        SparseDevice device = golden.device();

        OpenMetadata open = OpenMetadata.open(device, golden.placement(), FormatVersion.V09, formerSize(golden));

        assertSuperblock(golden, open);
        assertBits(golden, open);
        assertActivityLog(golden, open);
        byte[] before = device.bytes(golden.number("md-offset"), Superblock.BYTES);
        open.writeSuperblock();
        assertArrayEquals(before, device.bytes(golden.number("md-offset"), Superblock.BYTES));
        assertEquals(List.of(), open.remarks());
        if (!name.contains("-bsr")) {
            StringBuilder dump = new StringBuilder("#\n\n");
            DumpWriter.write(open, true, dump);
            assertEquals(golden.dump(), dump.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v09-int-p7-rich",
                "v09-int-p31-rich",
                "v09-flexext-p3-rich",
                "v09-flexext-p1-large",
                "v09-int-p2-striped-applied",
                "v09-grown-p1-after"
            })
    void the_dump_of_a_golden_image_restores_it(String name) throws Exception {
        GoldenImage golden = new GoldenImage(name);
        SparseDevice restored = new SparseDevice(golden.number("device-size"));

        String dump = name.equals("v09-int-p7-rich") ? golden.restoreInput() : golden.dump();
        RestoreMetadata.restore(
                restored, golden.placement(), () -> new StringReader(dump), null, EnumSet.noneOf(Consent.class));

        assertTrue(restored.same(golden.device()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v09-int-p7", "v09-int-p2-striped"})
    void applying_the_log_of_a_dirty_image_gives_the_applied_image(String name) throws Exception {
        SparseDevice device = new GoldenImage(name + "-dirty").device();

        ApplyActivityLog.Report report = ApplyActivityLog.apply(OpenMetadata.open(device, new Placement.Internal()));

        assertTrue(device.same(new GoldenImage(name + "-applied").device()));
        assertEquals(
                name.endsWith("striped")
                        ? List.of(
                                "1 corrupt AL transactions found",
                                "Marked additional 56 MB as out-of-sync based on AL.")
                        : List.of("Marked additional 84 MB as out-of-sync based on AL."),
                report.messages());
    }

    @Test
    void a_fresh_golden_image_is_what_create_makes() throws Exception {
        for (String name :
                List.of("v09-int-p1-al32k-fresh", "v09-int-p7-al320k-fresh", "v09-int-p32-bsr", "v09-idx1-bsr-p2")) {
            GoldenImage golden = new GoldenImage(name);
            SparseDevice device = new SparseDevice(golden.number("device-size"));
            MetadataLayout layout = MetadataLayout.forDevice(
                    golden.placement(), device.size(), (int) golden.number("max-peers"), new ActivityLogRing(1, (int)
                            golden.number("al-stripe-size-4k")));

            CreateMetadata.create(device, layout, 0, 0, EnumSet.noneOf(Consent.class));

            assertTrue(device.same(golden.device()), name);
        }
    }

    @Test
    void the_slot_of_drbd_is_not_the_slot_of_bsr() {
        GoldenImage golden = new GoldenImage("v09-idx1-drbd-p2");

        MetadataException e = assertThrows(
                MetadataException.class,
                () -> OpenMetadata.open(golden.device().resized(512 << 20), golden.placement()));

        assertEquals(Code.NOT_FOUND, e.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"v08-int-rich", "v08-int-84dirty", "v08-int-83dirty", "v07-flexint-gi"})
    void an_older_version_is_named(String name) {
        GoldenImage golden = new GoldenImage(name);

        MetadataException e =
                assertThrows(MetadataException.class, () -> OpenMetadata.open(golden.device(), golden.placement()));

        assertEquals(Code.OLD_FORMAT, e.code());
        assertTrue(e.why().contains(name.substring(0, 3)), e.why());
    }

    @Test
    void metadata_of_a_grown_device_are_not_found_at_its_new_end() {
        GoldenImage golden = new GoldenImage("v09-grown-p1-before");

        MetadataException e =
                assertThrows(MetadataException.class, () -> OpenMetadata.open(golden.device(), golden.placement()));

        assertEquals(Code.NOT_FOUND, e.code());
    }

    private static long formerSize(GoldenImage golden) {
        return golden.name.endsWith("-before") ? 64 << 20 : golden.number("device-size");
    }

    private static void assertSuperblock(GoldenImage golden, OpenMetadata open) {
        Superblock superblock = open.superblock();
        MetadataLayout layout = open.layout();
        assertEquals(golden.number("md-offset"), layout.superblockOffset());
        assertEquals(golden.number("al-offset"), layout.alOffset());
        assertEquals(golden.number("bm-offset"), layout.bitmapOffset());
        assertEquals(golden.number("flags"), Integer.toUnsignedLong(superblock.flags));
        assertEquals(golden.unsigned("current-uuid"), superblock.currentUuid);
        assertEquals(golden.unsigned("device-uuid"), superblock.deviceUuid);
        assertEquals(golden.number("la-size-sect"), superblock.effectiveSectors);
        assertEquals(golden.number("md-size-sect"), superblock.mdSizeSectors);
        assertEquals(golden.number("md-size-sect"), layout.mdSizeSectors());
        assertEquals(golden.number("al-offset-sect"), superblock.alOffsetSectors);
        assertEquals(golden.number("bm-offset-sect"), superblock.bmOffsetSectors);
        assertEquals(golden.number("al-nr-extents"), superblock.alExtents);
        assertEquals(golden.number("la-peer-max-bio-size"), superblock.peerMaxBioBytes);
        assertEquals(golden.number("max-peers"), superblock.maxPeers);
        assertEquals(golden.number("node-id"), superblock.nodeId);
        assertEquals(golden.number("al-stripes"), superblock.alStripes);
        assertEquals(golden.number("al-stripe-size-4k"), superblock.alStripeBlocks);
        for (int node = 0; node < Superblock.PEERS; node++) {
            PeerEntry peer = superblock.peer(node);
            String expected = golden.text("peer." + node);
            assertEquals(
                    expected.isEmpty() ? "-1,0x0000000000000000,0x0000000000000000,0x00000000" : expected,
                    "%d,0x%016X,0x%016X,0x%08X"
                            .formatted(peer.bitmapIndex, peer.bitmapUuid, peer.bitmapDagtag, peer.flags),
                    "peer " + node);
            String history = golden.text("history." + node);
            assertEquals(history.isEmpty() ? 0 : golden.unsigned("history." + node), superblock.history(node));
        }
    }

    private static void assertBits(GoldenImage golden, OpenMetadata open) throws MetadataException {
        BitmapLayout bitmap = open.bitmap();
        assertEquals(golden.number("bm-bytes"), bitmap.bytes());
        byte[] area = new byte[(int) bitmap.bytes()];
        open.device().read(open.layout().bitmapOffset(), ByteBuffer.wrap(area));
        for (int slot = 0; slot < bitmap.slots(); slot++) {
            BitSet found = new BitSet();
            for (int bit = 0; bitmap.byteOffset(slot, bit) < area.length; bit++) {
                if ((area[(int) bitmap.byteOffset(slot, bit)] & BitmapLayout.mask(bit)) != 0) {
                    found.set(bit);
                }
            }
            assertEquals(golden.bits(slot), found, "slot " + slot);
        }
    }

    private static void assertActivityLog(GoldenImage golden, OpenMetadata open) throws MetadataException {
        ActivityLogBlock codec = new ActivityLogBlock();
        ActivityLogReplay replay = new ActivityLogReplay(open.layout().ring());
        StringBuilder letters = new StringBuilder();
        StringBuilder updates = new StringBuilder();
        ByteBuffer block = ByteBuffer.allocateDirect(ActivityLogBlock.BYTES);
        for (int number = 0; number < open.layout().ring().blocks(); number++) {
            open.device().read(open.layout().alOffset() + (long) number * Units.BLOCK_BYTES, block.clear());
            block.clear();
            replay.add(number, block, 0);
            if (!codec.valid(block, 0)) {
                letters.append('X');
            } else if (ActivityLogBlock.type(block, 0) == ActivityLogBlock.TYPE_INITIALISED) {
                letters.append('I');
            } else {
                letters.append('U');
                int transaction = ActivityLogBlock.transaction(block, 0);
                updates.append(" block%d:tr%s".formatted(number, Integer.toUnsignedString(transaction)));
                assertEquals(number, open.layout().ring().blockOf(transaction));
            }
        }
        assertEquals(golden.text("al-blocks"), letters.toString());
        assertEquals(golden.text("al-updates"), updates.toString().strip());
        assertEquals(
                switch (golden.name) {
                    case "v09-int-p7-dirty" -> List.of(3, 9, 12);
                    case "v09-int-p2-striped-dirty" -> List.of(2, 3, 6, 7, 8, 14, 15);
                    default -> Collections.<Integer>emptyList();
                },
                Arrays.stream(replay.result().hot()).boxed().toList());
        int corrupt = (int) IntStream.range(0, letters.length())
                .filter(i -> letters.charAt(i) == 'X')
                .count();
        assertEquals(corrupt, replay.result().corrupt());
    }
}
