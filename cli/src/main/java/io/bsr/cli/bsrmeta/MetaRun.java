package io.bsr.cli.bsrmeta;

import io.bsr.cli.argument.UsageException;
import io.bsr.metadata.FormatVersion;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataException.Code;
import io.bsr.metadata.Superblock;
import io.bsr.metadata.tool.ApplyActivityLog;
import io.bsr.metadata.tool.DumpWriter;
import io.bsr.metadata.tool.GenerationIdentifiers;
import io.bsr.metadata.tool.GenerationIdentifiersV08;
import io.bsr.metadata.tool.MetadataEdits;
import io.bsr.metadata.tool.OpenMetadata;
import io.bsr.metadata.tool.WipeMetadata;
import java.io.IOException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** One command on an open device. */
final class MetaRun {
    private static final DateTimeFormatter DUMP_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss Z");
    private static final int OK = Session.OK;

    private final Session session;

    MetaRun(Session session) {
        this.session = session;
    }

    int run(MetaCommand command, String operand) throws MetadataException, MetaExit, UsageException, IOException {
        return switch (command) {
            case GET_GI -> session.print(identifiers(session.open()) + "\n");
            case SHOW_GI -> session.print(explained(session.open()));
            case SET_GI -> setIdentifiers(operand);
            case DUMP_MD -> dump();
            case RESTORE_MD -> {
                try (DumpSource source =
                        DumpSource.of(operand, session.surroundings().in())) {
                    yield new Creation(session).restore(source::open);
                }
            }
            case VERIFY_DUMP -> throw new IllegalStateException("a dump is verified without a device");
            case APPLY_AL -> applyLog();
            case WIPE_MD -> wipe();
            case OUTDATE -> edit(metadata -> MetadataEdits.outdate(metadata.superblock()));
            case INVALIDATE ->
                edit(metadata -> {
                    switch (metadata.version()) {
                        case V08 -> MetadataEdits.invalidateV08(metadata.superblock());
                        case V09 -> MetadataEdits.invalidate(metadata.superblock());
                    }
                });
            case DSTATE -> session.print(MetadataEdits.diskState(session.open().superblock()) + "\n");
            case CHECK_RESIZE -> checkResize();
            case CREATE_MD -> new Creation(session).create(peers(operand));
            case CONVERT -> new Creation(session).convert();
            case FORGET_PEER -> {
                int node = node();
                yield edit(metadata -> metadata.superblock().forgetPeer(node));
            }
            case READ_DEV_UUID ->
                session.print(HexFormat.of()
                                .withUpperCase()
                                .toHexDigits(session.open().superblock().deviceUuid) + "\n");
            case WRITE_DEV_UUID -> {
                long uuid = uuid(operand);
                yield edit(metadata -> metadata.superblock().deviceUuid = uuid);
            }
        };
    }

    private interface Edit {
        void apply(OpenMetadata metadata) throws MetadataException;
    }

    private int edit(Edit edit) throws MetadataException {
        OpenMetadata metadata = session.open();
        edit.apply(metadata);
        return store(metadata);
    }

    private int store(OpenMetadata metadata) throws MetadataException {
        metadata.writeSuperblock();
        if (metadata.version() == FormatVersion.V09) {
            session.remember(metadata);
        }
        return OK;
    }

    private String identifiers(OpenMetadata metadata) throws MetadataException, MetaExit {
        return switch (metadata.version()) {
            case V08 -> GenerationIdentifiersV08.text(metadata.superblock());
            case V09 -> GenerationIdentifiers.text(metadata.superblock(), node());
        };
    }

    private String explained(OpenMetadata metadata) throws MetadataException, MetaExit {
        return switch (metadata.version()) {
            case V08 -> GenerationIdentifiersV08.explained(metadata.superblock());
            case V09 -> GenerationIdentifiers.explained(metadata.superblock(), node());
        };
    }

    private int setIdentifiers(String text) throws MetadataException, MetaExit, IOException {
        OpenMetadata metadata = session.open();
        session.print("previously " + identifiers(metadata) + "\n");
        switch (metadata.version()) {
            case V08 -> GenerationIdentifiersV08.set(metadata.superblock(), text);
            case V09 -> GenerationIdentifiers.set(metadata.superblock(), node(), text);
        }
        session.print("set GI to  " + identifiers(metadata) + "\n");
        session.confirm("Write new GI to disk?");
        return store(metadata);
    }

    private int dump() throws MetadataException, IOException {
        OpenMetadata metadata = session.openAnywhere();
        ZonedDateTime now = ZonedDateTime.now(ZoneId.systemDefault());
        List<String> command = new ArrayList<>(List.of("bsrmeta"));
        command.addAll(session.words());
        String header = DumpWriter.header(
                "BSR",
                DUMP_TIME.format(now) + " [" + now.toEpochSecond() + "]",
                session.surroundings().node(),
                command);
        DumpWriter.requireClean(metadata, session.forced());
        session.print(header);
        try (ProgressBar bar = session.progress("reading the bitmap")) {
            DumpWriter.write(metadata, session.forced(), session.surroundings().out(), bar);
        }
        return OK;
    }

    private int applyLog() throws MetadataException {
        OpenMetadata metadata = session.openAnywhere();
        if (metadata.layout().deviceBytes() != session.device().size()) {
            metadata = session.move(metadata);
        }
        try (ProgressBar bar = session.progress("applying the activity log")) {
            ApplyActivityLog.apply(metadata, bar).messages().forEach(session::tell);
        }
        if (metadata.version() == FormatVersion.V09) {
            session.remember(metadata);
        }
        return OK;
    }

    private int checkResize() throws MetadataException {
        try {
            session.remember(session.open());
            return OK;
        } catch (MetadataException e) {
            if (e.code() == Code.IO) {
                throw e;
            }
            Optional<OpenMetadata> former = session.atLastKnownPlace();
            if (former.isEmpty()) {
                session.tell("no suitable meta data found :(");
                throw e;
            }
            session.move(former.get());
            return OK;
        }
    }

    private int wipe() throws MetadataException, MetaExit, IOException {
        OpenMetadata metadata;
        try {
            metadata = session.open();
        } catch (MetadataException e) {
            if (e.code() == Code.IO) {
                throw e;
            }
            session.tell("There appears to be no bsr meta data to wipe out?");
            return OK;
        }
        session.confirm("Do you really want to wipe out the BSR meta data?");
        session.print("Wiping meta data...\n");
        WipeMetadata.wipe(metadata);
        session.forgetPlace();
        return session.print("BSR meta data block successfully wiped out.\n");
    }

    private int node() throws MetaExit {
        return (int) session.size("node-id", -1, 0, Superblock.PEERS - 1, 1);
    }

    private static int peers(String text) throws UsageException {
        if (!text.matches("[0-9]{1,9}")) {
            throw new UsageException("MAX_PEERS: '" + text
                    + "' is not a valid number.\nSay how many peers get a bitmap: 1 … " + Superblock.PEERS + ".");
        }
        int peers = Integer.parseInt(text);
        if (peers < 1 || peers > Superblock.PEERS) {
            throw new UsageException("MAX_PEERS argument not in allowed range 1 .. " + Superblock.PEERS
                    + ": metadata have a bitmap for each peer.\nSay how many peers there can be.");
        }
        return peers;
    }

    private static long uuid(String text) throws UsageException {
        if (!text.matches("[0-9A-Fa-f]{1,16}")) {
            throw new UsageException("UUID: '" + text + "' is not a hexadecimal number of at most 16 digits."
                    + "\nread-dev-uuid prints one.");
        }
        return Long.parseUnsignedLong(text, 16);
    }
}
