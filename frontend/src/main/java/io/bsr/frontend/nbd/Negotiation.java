package io.bsr.frontend.nbd;

import static io.bsr.frontend.nbd.HandshakeCode.*;

import io.bsr.base.port.Stream;
import io.bsr.base.port.VolumePort;
import io.bsr.frontend.nbd.ExportDirectory.Found;
import io.bsr.frontend.nbd.ExportDirectory.Refused;
import io.bsr.frontend.nbd.ExportDirectory.Unknown;
import io.bsr.frontend.nbd.OptionData.InvalidOption;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The first phase of a connection: greeting, flags of the client, options until one of them chooses an export (NBD
 * protocol, "Fixed newstyle negotiation").
 */
final class Negotiation {
    /** Longest option that is looked at, in bytes; several names and queries fit. */
    static final int LONGEST_OPTION = 32 * 1024;

    /** Longest option that is read over and refused; who announces more is cut off. */
    static final int LONGEST_SKIPPED_OPTION = 1 << 20;

    /** Replies that a client leaves unread before it is cut off, in bytes. */
    private static final int LONGEST_UNREAD_REPLIES = 1 << 20;

    private static final int OPTION_HEADER_BYTES = 16;
    private static final int PREFERRED_BLOCK = 4096;
    private static final String ALLOCATION = "base:allocation";

    private enum Step {
        CLIENT_FLAGS,
        OPTION,
        SKIPPING_OPTION,
        ENDED
    }

    private final NbdConnection connection;
    private final Stream stream;
    private final ExportDirectory exports;
    private final OptionReplies replies;
    private Step step = Step.CLIENT_FLAGS;
    private int option;
    private boolean fixedNewstyle;
    private boolean withoutZeroes;
    private boolean structuredReplies;

    /** The volume for which {@code base:allocation} was selected. */
    private @Nullable VolumePort allocationOf;

    Negotiation(NbdConnection connection, Stream stream, ExportDirectory exports) {
        this.connection = connection;
        this.stream = stream;
        this.exports = exports;
        this.replies = new OptionReplies(stream);
    }

    void greet() {
        stream.output(18).putLong(GREETING_MAGIC).putLong(OPTION_MAGIC).putShort((short)
                (FLAG_FIXED_NEWSTYLE | FLAG_NO_ZEROES));
    }

    /** Takes what is complete; stops as soon as an export is chosen: what follows are requests. */
    void received(ByteBuffer in) {
        boolean complete = true;
        while (complete) {
            complete = switch (step) {
                case CLIENT_FLAGS -> clientFlags(in);
                case OPTION -> option(in);
                case SKIPPING_OPTION, ENDED -> false;
            };
        }
    }

    /** The data of an option that is too long has been read over. */
    void payloadReceived() {
        step = Step.OPTION;
        replies.begin(option);
        replies.error(REP_ERR_TOO_BIG, "the option is too long; at most " + LONGEST_OPTION + " bytes are taken");
    }

    /** Nothing is read any more. */
    void end() {
        step = Step.ENDED;
    }

    private boolean clientFlags(ByteBuffer in) {
        if (in.remaining() < 4) {
            return false;
        }
        int flags = in.getInt();
        if ((flags & ~(FLAG_FIXED_NEWSTYLE | FLAG_NO_ZEROES)) != 0) {
            return violation("it does not speak this protocol: unknown client flags 0x" + Integer.toHexString(flags));
        }
        fixedNewstyle = (flags & FLAG_FIXED_NEWSTYLE) != 0;
        withoutZeroes = (flags & FLAG_NO_ZEROES) != 0;
        step = Step.OPTION;
        return true;
    }

    private boolean option(ByteBuffer in) {
        if (in.remaining() < OPTION_HEADER_BYTES) {
            return false;
        }
        int start = in.position();
        if (in.getLong(start) != OPTION_MAGIC) {
            return violation("it does not speak this protocol: an option without its magic number");
        }
        option = in.getInt(start + 8);
        long length = Integer.toUnsignedLong(in.getInt(start + 12));
        if (stream.unsentBytes() > LONGEST_UNREAD_REPLIES) {
            return violation("it sends options and does not read the replies");
        }
        if (!fixedNewstyle && option != OPT_EXPORT_NAME) {
            return violation("option " + option + " from a client that did not ask for the fixed newstyle");
        }
        if (length > LONGEST_OPTION) {
            return tooLong(in, length);
        }
        if (in.remaining() < OPTION_HEADER_BYTES + length) {
            return false;
        }
        in.position(start + OPTION_HEADER_BYTES);
        OptionData data = new OptionData(in, (int) length);
        replies.begin(option);
        try {
            execute(data);
        } catch (InvalidOption e) {
            reject(REP_ERR_INVALID, e.getMessage());
        }
        data.skipRest();
        return true;
    }

    private boolean tooLong(ByteBuffer in, long length) {
        if (option == OPT_EXPORT_NAME || length > LONGEST_SKIPPED_OPTION) {
            return violation("option " + Integer.toUnsignedString(option) + " announces " + length + " bytes of data");
        }
        in.position(in.position() + OPTION_HEADER_BYTES);
        step = Step.SKIPPING_OPTION;
        stream.skipInput(length);
        return false;
    }

    private void execute(OptionData data) throws InvalidOption {
        switch (option) {
            case OPT_EXPORT_NAME -> exportName(data);
            case OPT_ABORT -> abort();
            case OPT_LIST -> list(data);
            case OPT_INFO, OPT_GO -> informOrGo(data);
            case OPT_STRUCTURED_REPLY -> {
                data.end();
                structuredReplies = true;
                replies.acknowledge();
            }
            case OPT_LIST_META_CONTEXT, OPT_SET_META_CONTEXT -> metaContext(data);
            case OPT_STARTTLS ->
                replies.error(
                        REP_ERR_UNSUP,
                        "this server has no TLS: connect without it, over the Unix socket or a network you trust");
            default ->
                replies.error(
                        REP_ERR_UNSUP, "option " + Integer.toUnsignedString(option) + " is unknown to this server");
        }
    }

    /** EXPORT_NAME has no way to say no but to end the session. */
    private void exportName(OptionData data) throws InvalidOption {
        Export export = find(data.string(data.remaining(), "the name of the export"));
        if (export == null || !open(export)) {
            return;
        }
        Session session = session(export);
        int zeroes = withoutZeroes ? 0 : EXPORT_NAME_ZEROES;
        ByteBuffer out =
                stream.output(10 + zeroes).putLong(session.size()).putShort((short) session.transmissionFlags());
        for (int i = 0; i < zeroes; i++) {
            out.put((byte) 0);
        }
        begin(session);
    }

    private void abort() {
        replies.acknowledge();
        connection.endNegotiation("it aborted the negotiation");
    }

    private void list(OptionData data) throws InvalidOption {
        data.end();
        for (Export export : exports.exports()) {
            replies.server(export);
        }
        replies.acknowledge();
    }

    private void informOrGo(OptionData data) throws InvalidOption {
        String name = data.string(data.u32("the length of the name"), "the name of the export");
        int count = data.u16("the number of information requests");
        boolean wantsName = false;
        boolean wantsDescription = false;
        boolean wantsBlockSize = false;
        for (int i = 0; i < count; i++) {
            switch (data.u16("an information request")) {
                case INFO_NAME -> wantsName = true;
                case INFO_DESCRIPTION -> wantsDescription = true;
                case INFO_BLOCK_SIZE -> wantsBlockSize = true;
                default -> {} // NBD_INFO_EXPORT is sent anyway; unknown ones have to be ignored
            }
        }
        data.end();
        Export export = find(name);
        if (export == null || !open(export)) {
            return;
        }
        Session session = session(export);
        replies.infoExport(session.size(), session.transmissionFlags());
        if (wantsName) {
            replies.infoText(INFO_NAME, export.name());
        }
        if (wantsDescription) {
            replies.infoText(INFO_DESCRIPTION, export.description());
        }
        if (wantsBlockSize) {
            replies.infoBlockSize(session.minimumBlock(), PREFERRED_BLOCK, TransmissionCode.LONGEST_PAYLOAD);
        }
        replies.acknowledge();
        if (option == OPT_GO) {
            begin(session);
        } else {
            export.volume().close(connection);
        }
    }

    private void metaContext(OptionData data) throws InvalidOption {
        boolean select = option == OPT_SET_META_CONTEXT;
        if (select) {
            allocationOf = null;
        }
        if (!structuredReplies) {
            throw new InvalidOption("metadata contexts need structured replies; ask for those first");
        }
        String name = data.string(data.u32("the length of the name"), "the name of the export");
        long queries = data.u32("the number of queries");
        boolean matches = queries == 0 && !select;
        for (long i = 0; i < queries; i++) {
            String query = data.string(data.u32("the length of a query"), "a query");
            matches |= query.equals(ALLOCATION) || (!select && query.equals("base:"));
        }
        data.end();
        Export export = find(name);
        if (export == null) {
            return;
        }
        if (matches) {
            replies.metaContext(select ? TransmissionCode.ALLOCATION_CONTEXT : 0, ALLOCATION);
        }
        if (matches && select) {
            allocationOf = export.volume();
        }
        replies.acknowledge();
    }

    private @Nullable Export find(String name) {
        return switch (exports.find(name)) {
            case Found found -> found.export();
            case Unknown unknown -> reject(REP_ERR_UNKNOWN, unknown.reason());
            case Refused refused -> reject(REP_ERR_POLICY, refused.reason());
        };
    }

    private boolean open(Export export) {
        String refusal = export.volume().open(connection);
        if (refusal != null) {
            reject(REP_ERR_POLICY, refusal);
        }
        return refusal == null;
    }

    private Session session(Export export) {
        return new Session(export, structuredReplies, allocationOf == export.volume());
    }

    private void begin(Session session) {
        step = Step.ENDED;
        connection.begin(session);
    }

    /** Refuses the option; always {@code null}, for those who would return an export. */
    private @Nullable Export reject(int type, @Nullable String reason) {
        String text = reason == null ? "the option is not valid" : reason;
        if (option == OPT_EXPORT_NAME) {
            connection.violated("it asked for an export that it cannot have: " + text);
        } else {
            replies.error(type, text);
        }
        return null;
    }

    private boolean violation(String what) {
        connection.violated(what);
        return false;
    }
}
