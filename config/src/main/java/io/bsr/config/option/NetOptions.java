package io.bsr.config.option;

import static io.bsr.config.option.Rows.Unit.BYTES;
import static io.bsr.config.option.Rows.Unit.COUNT;
import static io.bsr.config.option.Rows.Unit.SECONDS;
import static io.bsr.config.option.Rows.Unit.TENTHS;

import java.util.List;

/** The options of connections; configuration-language reference, section 9.3. */
final class NetOptions {
    private static final long TERABYTE = 1099511627775L;

    private NetOptions() {}

    static List<OptionDefinition> net() {
        Rows rows = new Rows(OptionGroup.NET);
        transport(rows);
        splitBrain(rows);
        congestion(rows);
        return rows.derived("_name", "name of the connection")
                .derived("peer-node-name", "name of the peer")
                .derived("peer-node-group", "group of hosts the peer belongs to")
                .rows();
    }

    private static void transport(Rows rows) {
        rows.text("transport", "transport module")
                .changes(Change.NEW_PEER)
                .add(
                        "protocol",
                        new OptionType.Choice(List.of("A", "B", "C"), "C", true),
                        "when a write counts as done")
                .number("timeout", 1, 600, 60, TENTHS, "time a peer has for an answer")
                .onWindows("50")
                .number("max-epoch-size", 1, 20000, 16000, COUNT, "writes between two barriers at most")
                .number("connect-int", 1, 120, 3, SECONDS, "pause between two attempts to connect")
                .number("ping-int", 1, 120, 3, SECONDS, "pause between two keep-alive packets")
                .clamped("sndbuf-size", 10485760, TERABYTE, 0, BYTES, "size of the send buffer; 0 is none")
                .changes(Change.NEW_PEER)
                .number(
                        "rcvbuf-size",
                        0,
                        10485760,
                        0,
                        BYTES,
                        "size of the TCP receive buffer; 0 leaves it to the system")
                .changes(Change.NEXT_CONNECT)
                .number("ko-count", 0, 200, 5, COUNT, "timeouts until a silent peer is dropped; 0 is never")
                .no("allow-two-primaries", "both nodes may be Primary at the same time, where the peer is a DRBD 8.4")
                .text("cram-hmac-alg", "digest with which peers prove that they know the shared secret")
                .changes(Change.NEXT_CONNECT)
                .add("shared-secret", new OptionType.Text(63), "secret of the peers")
                .changes(Change.NEXT_CONNECT);
    }

    private static void splitBrain(Rows rows) {
        String noPrimary = "disconnect|discard-younger-primary|discard-older-primary|discard-zero-changes"
                + "|discard-least-changes|discard-local|discard-remote";
        String onePrimary = "disconnect|consensus|discard-secondary|call-pri-lost-after-sb|violently-as0p";
        String twoPrimaries = "disconnect|call-pri-lost-after-sb|violently-as0p";
        String conflict = "disconnect|call-pri-lost|violently";
        rows.choice("after-sb-0pri", "disconnect", noPrimary, "split brain, no node is Primary")
                .changes(Change.NEXT_CONNECT)
                .choice("after-sb-1pri", "disconnect", onePrimary, "split brain, one node is Primary")
                .changes(Change.NEXT_CONNECT)
                .choice("after-sb-2pri", "disconnect", twoPrimaries, "split brain, both nodes are Primary")
                .changes(Change.NEXT_CONNECT)
                .no("always-asbp", "apply these policies also with more than two histories")
                .changes(Change.NEXT_CONNECT)
                .choice("rr-conflict", "disconnect", conflict, "the direction of a resync contradicts the roles")
                .changes(Change.NEXT_CONNECT);
    }

    private static void congestion(Rows rows) {
        String onCongestion = "block|pull-ahead|disconnect";
        String fencing = "dont-care|resource-only|resource-and-stonith";
        rows.number("ping-timeout", 1, 300, 30, TENTHS, "time a peer has to answer a keep-alive packet")
                .text("data-integrity-alg", "digest that travels with every replicated block")
                .changes(Change.NEXT_CONNECT)
                .yes("tcp-cork", "let TCP gather small packets")
                .onWindows("no")
                .number("tcp_ack_timeout", 1, 300, 5, SECONDS, "time TCP may take to get data acknowledged")
                .onWindows("0")
                .changes(Change.NEXT_CONNECT)
                .choice("on-congestion", "block", onCongestion, "reaction to a congested send queue")
                .number("congestion-fill", 0, TERABYTE, 0, BYTES, "queued bytes that count as congestion; 0 is off")
                .number("congestion-extents", 67, 65534, 6001, COUNT, "hot extents that count as congestion")
                .number("congestion-highwater", 0, 1000000, 20000, COUNT, "requests that count as congestion; 0 is off")
                .text("csums-alg", "digest that lets resync skip equal blocks")
                .no("csums-after-crash-only", "use csums-alg only after the crash of a Primary")
                .text("verify-alg", "digest for online verify")
                .yes("use-rle", "compress bitmaps on the wire")
                .number("socket-check-timeout", 1, 300, 5, TENTHS, "time to find out whether a new socket works")
                .choice("fencing", "dont-care", fencing, "measures against two independent Primaries")
                .number("max-buffers", 32, 131072, 16000, COUNT, "pages for received blocks")
                .choice("peer-family", "bsr", "bsr|drbd84", "product of the peer: bsr (also this engine), or DRBD 8.4")
                .changes(Change.NEXT_CONNECT)
                .ours();
    }
}
