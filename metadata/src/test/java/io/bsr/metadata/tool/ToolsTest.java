package io.bsr.metadata.tool;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.PeerFlag;
import io.bsr.metadata.Placement;
import io.bsr.metadata.Superblock;
import io.bsr.metadata.tool.FileMetadataDevice.Option;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ToolsTest {
    private static final Placement INTERNAL = new Placement.Internal();
    private static final Placement EXTERNAL = new Placement.FlexibleExternal();
    private static final Set<Consent> NOTHING = EnumSet.noneOf(Consent.class);
    private static final Set<Consent> FORCE = EnumSet.of(Consent.OVERWRITE_DATA, Consent.OVERWRITE_METADATA);
    private static final long MIB = 1 << 20;

    @Test
    void existing_metadata_are_overwritten_only_with_consent() throws Exception {
        for (String name : List.of("v09-int-p7-rich", "v08-int-rich", "v08-int-84dirty", "v07-flexint-gi")) {
            SparseDevice device = new GoldenImage(name).device();
            SparseDevice untouched = device.copy();

            assertCode(Code.EXISTING_METADATA, () -> create(device, INTERNAL, NOTHING));
            assertCode(Code.EXISTING_METADATA, () -> create(device, INTERNAL, EnumSet.of(Consent.OVERWRITE_DATA)));
            assertTrue(device.same(untouched));

            create(device, INTERNAL, FORCE);
            assertEquals(
                    Superblock.UUID_JUST_CREATED,
                    OpenMetadata.open(device, INTERNAL).superblock().currentUuid);
        }
    }

    @Test
    void metadata_whose_checks_fail_are_still_metadata() throws Exception {
        SparseDevice device = new GoldenImage("v09-int-p7-rich").device();
        write(device, 67104768 + 76, 1);

        MetadataSurvey survey = MetadataSurvey.of(device, layout(device, INTERNAL));

        assertEquals(
                List.of(new MetadataSurvey.Found(MetadataSurvey.Version.V09_NOT_VALID, 67104768)), survey.metadata());
        assertCode(Code.EXISTING_METADATA, () -> create(device, INTERNAL, NOTHING));
    }

    @Test
    void fixed_size_metadata_of_v07_are_found() throws Exception {
        for (long slot : List.of(128 * MIB, 256 * MIB)) {
            SparseDevice device = new SparseDevice(600 * MIB + 512);
            write(device, 600 * MIB - slot + 28, 0x8374026A);

            MetadataSurvey survey = MetadataSurvey.of(device, layout(device, INTERNAL));

            assertEquals(
                    List.of(new MetadataSurvey.Found(MetadataSurvey.Version.V07, 600 * MIB - slot)), survey.metadata());
        }
    }

    @Test
    void data_is_overwritten_only_with_consent() throws Exception {
        SparseDevice device = new SparseDevice(8 * MIB);
        write(device, 65536, 1);

        assertCode(Code.EXISTING_DATA, () -> create(device, INTERNAL, EnumSet.of(Consent.OVERWRITE_METADATA)));
        assertDoesNotThrow(() -> create(device, INTERNAL, EnumSet.of(Consent.OVERWRITE_DATA)));
        assertEquals(1, device.bytes(65536, 4)[3]);
    }

    @Test
    void a_file_system_that_reaches_into_the_metadata_is_never_overwritten() throws Exception {
        SparseDevice device = new SparseDevice(8 * MIB);
        long usable = layout(device, INTERNAL).firstByte();
        ext(device, usable / 1024 + 1);
        assertCode(Code.EXISTING_DATA, () -> create(device, INTERNAL, EnumSet.allOf(Consent.class)));

        ext(device, usable / 1024);
        assertCode(Code.EXISTING_DATA, () -> create(device, INTERNAL, NOTHING));
        assertDoesNotThrow(() -> create(device, INTERNAL, FORCE));
    }

    @Test
    void a_recognised_signature_forbids_external_metadata_and_swap_all() throws Exception {
        SparseDevice ext = new SparseDevice(8 * MIB);
        ext(ext, 100);
        assertCode(Code.EXISTING_DATA, () -> create(ext, EXTERNAL, FORCE));
        assertDoesNotThrow(() -> create(ext, EXTERNAL, EnumSet.allOf(Consent.class)));

        SparseDevice swap = new SparseDevice(8 * MIB);
        text(swap, 4086, "SWAPSPACE2");
        assertCode(Code.EXISTING_DATA, () -> create(swap, INTERNAL, FORCE));
        assertDoesNotThrow(() -> create(swap, INTERNAL, EnumSet.allOf(Consent.class)));
    }

    @Test
    void known_contents_are_named_with_their_size() throws Exception {
        SparseDevice device = new SparseDevice(8 * MIB);
        assertEquals("nothing []", named(device));
        text(device, 8182, "SWAP-SPACE");
        assertEquals("swap space signature []", named(device));
        device = new SparseDevice(8 * MIB);
        text(device, 0x218, "LVM2");
        assertEquals("LVM2 physical volume signature []", named(device));
        device = new SparseDevice(8 * MIB);
        ext(device, 4000);
        assertEquals("ext2 filesystem [4096000]", named(device));
        device.put(0x45C, new byte[] {4}, 1);
        assertEquals("ext3 filesystem [4096000]", named(device));
        device = new SparseDevice(8 * MIB);
        text(device, 0, "XFSB");
        write(device, 4, 4096);
        write(device, 12, 1000);
        assertEquals("xfs filesystem [4096000]", named(device));
        write(device, 8, -1);
        assertEquals("xfs filesystem [" + Long.MAX_VALUE + "]", named(device));
        device = new SparseDevice(8 * MIB);
        text(device, 0x8000, "JFS1");
        assertEquals("JFS filesystem [0]", named(device));
        device = new SparseDevice(8 * MIB);
        text(device, 0x10034, "ReIsEr2Fs");
        device.put(0x10000, new byte[] {10}, 1);
        device.put(0x1002C, new byte[] {0, 16}, 2);
        assertEquals("reiser filesystem [40960]", named(device));
        device = new SparseDevice(8 * MIB);
        text(device, 0x8001, "JFS1");
        assertEquals("some data []", named(device));
    }

    @Test
    void a_damaged_log_of_a_primary_is_not_applied_and_nothing_changes() throws Exception {
        SparseDevice device = new GoldenImage("v09-int-p7-dirty").device();
        byte[] garbage = new byte[80 * 4096];
        new Random(1).nextBytes(garbage);
        device.put(66777088, garbage, garbage.length);
        SparseDevice untouched = device.copy();

        assertCode(Code.LOG_UNREADABLE, () -> ApplyActivityLog.apply(OpenMetadata.open(device, INTERNAL)));
        assertTrue(device.same(untouched));

        SparseDevice fresh = new GoldenImage("v09-int-p7-al320k-fresh").device();
        byte[] initialised = fresh.bytes(66777088, 79 * 4096);
        device.put(66777088, initialised, initialised.length);
        assertCode(Code.LOG_USELESS, () -> ApplyActivityLog.apply(OpenMetadata.open(device, INTERNAL)));
    }

    @Test
    void a_damaged_log_of_a_secondary_is_initialised() throws Exception {
        SparseDevice device = new GoldenImage("v09-int-p7-dirty").device();
        byte[] garbage = new byte[80 * 4096];
        new Random(1).nextBytes(garbage);
        device.put(66777088, garbage, garbage.length);
        OpenMetadata metadata = OpenMetadata.open(device, INTERNAL);
        metadata.superblock().set(DeviceFlag.PRIMARY_IND, false);
        metadata.writeSuperblock();

        ApplyActivityLog.Report report = ApplyActivityLog.apply(OpenMetadata.open(device, INTERNAL));

        assertEquals(0, report.markedBits());
        assertTrue(report.messages().contains("Error ignored, no need to apply the AL"));
        SparseDevice fresh = new GoldenImage("v09-int-p7-al320k-fresh").device();
        assertEquals(
                ByteBuffer.wrap(fresh.bytes(66777088, 80 * 4096)), ByteBuffer.wrap(device.bytes(66777088, 80 * 4096)));
        assertTrue(OpenMetadata.open(device, INTERNAL).superblock().has(DeviceFlag.AL_CLEAN));
    }

    @Test
    void an_oversized_effective_size_is_clipped_and_told() throws Exception {
        SparseDevice device = new GoldenImage("v09-int-p7-rich").device();
        write(device, 67104768, 0x7F000000);

        OpenMetadata metadata = OpenMetadata.open(device, INTERNAL);

        assertEquals(
                List.of("# la-size-sect was too big (9151314442816977920), truncated (130392)!"), metadata.remarks());
        assertEquals(130392, metadata.superblock().effectiveSectors);
    }

    @Test
    void a_strange_size_is_told_only() throws Exception {
        SparseDevice device = new GoldenImage("v09-int-p7-rich").device();
        write(device, 67104768 + 64, 688);

        assertEquals(
                List.of("strange md_size_sect 688 (expected: 680)"),
                OpenMetadata.open(device, INTERNAL).remarks());
    }

    @Test
    void unclean_metadata_are_dumped_only_on_demand_and_cannot_be_restored() throws Exception {
        OpenMetadata metadata = OpenMetadata.open(new GoldenImage("v09-int-p7-dirty").device(), INTERNAL);
        StringBuilder dump = new StringBuilder();

        assertCode(Code.UNCLEAN, () -> DumpWriter.write(metadata, false, dump));
        DumpWriter.write(metadata, true, dump);

        assertCode(Code.DUMP_SYNTAX, () -> DumpParser.verify(new StringReader(dump.toString())));
    }

    @Test
    void the_header_of_a_dump_names_program_time_and_command() {
        assertEquals(
                """
                # BSR meta data dump
                # 2026-11-22 17:29:31 +0000 [1795368571]
                # n1> bsrmeta 0 v09 /dev/vdb internal dump-md
                #

                """,
                DumpWriter.header(
                        "BSR",
                        "2026-11-22 17:29:31 +0000 [1795368571]",
                        "n1",
                        List.of("bsrmeta", "0", "v09", "/dev/vdb", "internal", "dump-md")));
    }

    @Test
    void a_syntax_error_names_its_line() {
        String dump = new GoldenImage("v09-int-p7-rich").dump();

        assertSyntax(dump + "more \"x\";", "end of file expected");
        assertSyntax(dump.replace("peer[3]", "peer[4]"), "peer 4 is defined more than once");
        assertSyntax(dump.replace("flags 0x00050091", "members 0x0000000000000001"), "keyword 'flags' expected");
        assertSyntax(dump.replace("max-peers 7", "max-peers 33"), "max-peers is 33");
        assertSyntax(dump.replace("bitmap-index 3", "bitmap-index 32"), "bitmap-index is 32");
        assertSyntax(dump.replace("0xA0A1", "0xA0G1"), "not a hexadecimal number");
        assertSyntax(dump.replace("version \"v09\"", "version \"v08\""), "another version");
        assertSyntax(dump.replace("292 times", "9999999999999999999 times"), "number out of range");
        assertSyntax(dump.replace("292 times", "4294967296000 times"), "impossible number of words");
        assertSyntax(dump.replace("292 times", "0 times"), "impossible number of words");
        assertSyntax(dump.replace("al-stripes 1;", "al-stripes 8000;"), "activity log of 8000 x 80 blocks");
        assertSyntax(dump.substring(0, dump.indexOf("bitmap[6]")), "but end of file encountered");
        assertSyntax("\"" + "x".repeat(1 << 20), "string without end");
        assertSyntax("x".repeat(1 << 20), "unknown token");
        assertSyntax("", "keyword 'version' expected, but end of file encountered");
        MetadataException e = assertThrows(
                MetadataException.class, () -> DumpParser.verify(new StringReader("version\n# comment\n\n\"v09\"\n!")));
        assertEquals("Parse error in line 5", e.what());
    }

    @Test
    void every_truncated_dump_is_refused() {
        String dump = new GoldenImage("v09-int-p7-rich").dump();
        int end = dump.lastIndexOf('}');

        for (int length = 0; length <= end; length += 1 + length % 3) {
            String truncated = dump.substring(0, length);
            assertCode(Code.DUMP_SYNTAX, () -> DumpParser.verify(new StringReader(truncated)));
        }
    }

    @Test
    void any_text_is_parsed_or_refused() {
        String dump = new GoldenImage("v09-int-p7-rich").dump();
        Random random = new Random(21);
        String alphabet = "{}[];\"#0x9A-\n \0\uFFFFz";
        int accepted = 0;
        for (int round = 0; round < 4000; round++) {
            StringBuilder text = new StringBuilder(dump);
            for (int i = random.nextInt(4); i >= 0; i--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(30)));
                    default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(60))));
                }
            }
            try {
                DumpParser.verify(new StringReader(text.toString()));
                accepted++;
            } catch (MetadataException e) {
                assertEquals(Code.DUMP_SYNTAX, e.code());
            }
        }
        assertTrue(accepted > 100, accepted + " accepted");
    }

    @Test
    void a_dump_of_a_larger_device_is_not_restored_on_a_smaller_one() throws Exception {
        GoldenImage rich = new GoldenImage("v09-int-p7-rich");
        SparseDevice small = new SparseDevice(63 * MIB);

        assertCode(
                Code.CAPACITY,
                () -> RestoreMetadata.restore(
                        small, INTERNAL, () -> new StringReader(rich.restoreInput()), null, NOTHING));
        assertEquals(List.of(), small.operations);
    }

    @Test
    void a_broken_dump_leaves_the_device_untouched() throws Exception {
        SparseDevice device = new GoldenImage("v09-int-p7-rich").device();
        SparseDevice untouched = device.copy();
        String dump = new GoldenImage("v09-int-p31-rich").dump();
        String broken = dump.substring(0, dump.length() - 200);

        assertCode(
                Code.DUMP_SYNTAX,
                () -> RestoreMetadata.restore(device, INTERNAL, () -> new StringReader(broken), null, FORCE));
        assertCode(
                Code.EXISTING_METADATA,
                () -> RestoreMetadata.restore(device, INTERNAL, () -> new StringReader(dump), null, NOTHING));
        assertTrue(device.same(untouched));
    }

    @Test
    void restoring_with_another_log_size_moves_the_bitmap() throws Exception {
        GoldenImage rich = new GoldenImage("v09-int-p7-rich");
        SparseDevice device = new SparseDevice(64 * MIB);
        ActivityLogRing ring = new ActivityLogRing(2, 20);

        RestoreMetadata.restore(device, INTERNAL, () -> new StringReader(rich.dump()), ring, NOTHING);

        OpenMetadata open = OpenMetadata.open(device, INTERNAL);
        assertEquals(ring, open.layout().ring());
        StringBuilder dump = new StringBuilder();
        DumpWriter.write(open, false, dump);
        assertEquals(
                rich.dump().substring(rich.dump().indexOf("bitmap[0]")), dump.substring(dump.indexOf("bitmap[0]")));
    }

    @Test
    void the_generation_identifiers_are_printed_as_bsr_prints_them() throws Exception {
        Superblock rich = OpenMetadata.open(new GoldenImage("v09-int-p7-rich").device(), INTERNAL)
                .superblock();
        String uuids = ":1111111111111110:2222222222222220";

        assertEquals(
                "A0A1A2A3A4A5A6A8:B1B1B1B1B1B1B1B0" + uuids + ":1:1:0:0:1:0:1:1:0:0:1:1",
                GenerationIdentifiers.text(rich, 1));
        assertEquals(
                "A0A1A2A3A4A5A6A8:0000000000000000" + uuids + ":1:1:0:0:1:0:0:0:0:0:1:1",
                GenerationIdentifiers.text(rich, 2));
        assertEquals(
                "A0A1A2A3A4A5A6A8:B5B5B5B5B5B5B5B4" + uuids + ":1:1:0:0:1:0:0:1:0:1:1:1",
                GenerationIdentifiers.text(rich, 5));
        assertEquals("Consistent", MetadataEdits.diskState(rich));
    }

    @Test
    void the_generation_identifiers_are_explained_in_the_frame_of_bsr() throws Exception {
        Superblock fresh = OpenMetadata.open(new GoldenImage("v09-int-p7-al320k-fresh").device(), INTERNAL)
                .superblock();
        Superblock rich = OpenMetadata.open(new GoldenImage("v09-int-p7-rich").device(), INTERNAL)
                .superblock();

        List<String> lines = GenerationIdentifiers.explained(fresh, 3).lines().toList();

        assertEquals("", lines.get(0));
        assertEquals("       +--<  Current data generation UUID  >-", lines.get(1));
        assertEquals("       V               V                 V                 V", lines.get(5));
        assertEquals(GenerationIdentifiers.text(fresh, 3), lines.get(6));
        assertEquals(" ".repeat(68) + "^ ^ ^ ^ ^ ^ ^ ^ ^ ^ ^", lines.get(7));
        assertEquals(" ".repeat(38) + "-<  Data consistency flag  >--+ | | | | | | | | | | |", lines.get(8));
        assertEquals(
                " -<  This node was a crashed primary, and has not seen its peer since  >--+ | | | | | | | |",
                lines.get(11));
        assertEquals(
                " ".repeat(23) + "-<  Promotion status at the time of recent resource activation  >--+", lines.get(19));
        assertEquals("", lines.get(20));
        assertEquals("zero size device -- never seen peer yet?", lines.get(21));
        assertTrue(GenerationIdentifiers.explained(rich, 1)
                .endsWith("\nlast agreed size: 64 MB (130048 sectors)\nlast agreed max bio size: 1048576 Byte\n"));
    }

    @Test
    void setting_what_was_printed_changes_nothing() throws Exception {
        Superblock rich = OpenMetadata.open(new GoldenImage("v09-int-p7-rich").device(), INTERNAL)
                .superblock();
        for (int node = 0; node < 32; node++) {
            Superblock copy = rich.copy();
            GenerationIdentifiers.set(copy, node, GenerationIdentifiers.text(rich, node) + "\n");

            ByteBuffer before = Blocks.buffer(1);
            ByteBuffer after = Blocks.buffer(1);
            rich.encode(before, 0);
            copy.encode(after, 0);
            assertEquals(before, after);
        }
    }

    @Test
    void the_fifteenth_field_alone_is_device_seen_as_in_bsr() throws Exception {
        Superblock superblock = new Superblock();

        GenerationIdentifiers.set(superblock, 3, "1122334455667788:99AABBCCDDEEFF00:::1:1:0:0:1:0:1:1:0:0:1");

        assertEquals(0x1122334455667788L, superblock.currentUuid);
        assertEquals(0x99AABBCCDDEEFF00L, superblock.peer(3).bitmapUuid);
        assertEquals(0x91, superblock.flags);
        assertEquals(PeerFlag.CONNECTED | PeerFlag.OUTDATED | PeerFlag.DEVICE_SEEN, superblock.peer(3).flags);
    }

    @Test
    void malformed_identifiers_change_nothing() {
        Superblock superblock = new Superblock();
        for (String text : List.of("1:2:3:4:2", "1:2:x", "11112222333344445", "-1", "1:2:3:4:yes", "0x5")) {
            assertCode(Code.ARGUMENT, () -> GenerationIdentifiers.set(superblock, 3, text));
            assertEquals(0, superblock.currentUuid);
        }
        assertCode(Code.ARGUMENT, () -> GenerationIdentifiers.text(superblock, 32));
        assertCode(Code.ARGUMENT, () -> GenerationIdentifiers.set(superblock, -1, "1"));
    }

    @Test
    void inconsistent_data_cannot_be_outdated() {
        Superblock superblock = new Superblock();
        assertCode(Code.INCONSISTENT, () -> MetadataEdits.outdate(superblock));
        assertEquals("Inconsistent", MetadataEdits.diskState(superblock));
        superblock.flags = DeviceFlag.CONSISTENT | DeviceFlag.WAS_UP_TO_DATE | DeviceFlag.PEER_OUT_DATED;
        assertEquals("UpToDate", MetadataEdits.diskState(superblock));
    }

    @Test
    void wiping_leaves_everything_but_the_superblock() throws Exception {
        SparseDevice device = new GoldenImage("v09-int-p7-rich").device();
        SparseDevice expected = device.copy();
        expected.put(67104768, new byte[4096], 4096);

        WipeMetadata.wipe(OpenMetadata.open(device, INTERNAL));

        assertTrue(device.same(expected));
        assertCode(Code.NOT_FOUND, () -> OpenMetadata.open(device, INTERNAL));
    }

    @Test
    void a_plain_file_needs_permission_and_is_locked_while_open(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("disk.img");
        Files.write(file, new byte[1 << 20]);
        EnumSet<Option> writing = EnumSet.of(Option.WRITE, Option.PLAIN_FILE);

        assertCode(Code.PLACEMENT, () -> FileMetadataDevice.open(file, EnumSet.of(Option.WRITE)));
        assertCode(Code.PLACEMENT, () -> FileMetadataDevice.open(directory, writing));
        assertCode(Code.OPEN, () -> FileMetadataDevice.open(directory.resolve("absent"), writing));
        try (FileMetadataDevice first = FileMetadataDevice.open(file, writing)) {
            assertEquals(1 << 20, first.size());
            assertCode(Code.BUSY, () -> FileMetadataDevice.open(file, writing));
            assertCode(Code.IO, () -> first.read(1 << 20, ByteBuffer.allocate(1)));
        }
        FileMetadataDevice.open(file, writing).close();
    }

    @Test
    void any_word_of_a_bitmap_area_is_the_one_last_written() throws Exception {
        Random random = new Random(5);
        SparseDevice device = new SparseDevice(6 * MIB);
        int length = (int) (3 * MIB + 8192);
        int[] expected = new int[length / 4];
        ByteBuffer first = ByteBuffer.allocate((int) MIB).order(ByteOrder.LITTLE_ENDIAN);
        for (int word = 0; word < MIB / 4; word++) {
            expected[word] = random.nextInt();
            first.putInt(expected[word]);
        }
        device.put(12288, first.array(), first.capacity());
        BitmapArea area = new BitmapArea(device, 12288, length);

        for (int i = 0; i < 4000; i++) {
            if (i % 40 == 0) {
                area.flush();
                area = new BitmapArea(device, 12288, length);
            }
            int word =
                    random.nextInt(8) == 0 ? expected.length - 1 - random.nextInt(9) : random.nextInt(expected.length);
            // Most of it stays zero for a while.
            if (random.nextInt(8) == 0 && (word < MIB / 4 || i > 3000)) {
                expected[word] = random.nextInt(3) == 0 ? random.nextInt() : 0;
                area.word(4L * word, expected[word]);
            }
            assertEquals(expected[word], area.word(4L * word), "word " + word);
        }
        area.flush();

        ByteBuffer written = ByteBuffer.wrap(device.bytes(12288, length)).order(ByteOrder.LITTLE_ENDIAN);
        for (int word = 0; word < expected.length; word++) {
            assertEquals(expected[word], written.getInt(4 * word), "word " + word);
        }
    }

    private static MetadataLayout layout(MetadataDevice device, Placement placement) throws MetadataException {
        return MetadataLayout.forDevice(placement, device.size(), 2, ActivityLogRing.DEFAULT);
    }

    private static void create(MetadataDevice device, Placement placement, Set<Consent> consent)
            throws MetadataException {
        CreateMetadata.create(device, layout(device, placement), 0, 0, consent);
    }

    private static String named(MetadataDevice device) throws MetadataException {
        ExistingContent content = ExistingContent.of(device);
        return content.kind().label() + " "
                + (content.bytes().isPresent() ? List.of(content.bytes().getAsLong()) : List.of());
    }

    private static void ext(SparseDevice device, long kib) {
        device.put(0x438, new byte[] {0x53, (byte) 0xEF}, 2);
        byte[] blocks = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) kib)
                .array();
        device.put(0x404, blocks, 4);
    }

    private static void text(SparseDevice device, long offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        device.put(offset, bytes, bytes.length);
    }

    private static void write(SparseDevice device, long offset, int bigEndian) {
        device.put(offset, ByteBuffer.allocate(4).putInt(bigEndian).array(), 4);
    }

    private static void assertSyntax(String text, String why) {
        MetadataException e =
                assertThrows(MetadataException.class, () -> DumpParser.verify(new StringReader(text)), why);
        assertEquals(Code.DUMP_SYNTAX, e.code());
        assertTrue(e.why().contains(why), e.getMessage());
        assertTrue(e.what().startsWith("Parse error in line "), e.what());
    }

    private static void assertCode(Code code, Executable action) {
        assertEquals(code, assertThrows(MetadataException.class, action).code());
    }
}
