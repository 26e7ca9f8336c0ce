package io.bsr.cli.status;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;

/** How good a value is, as colour: bold for the own node's values, plain for the peers'. */
enum Colour {
    NONE("", ""),
    PRIMARY("1;36", "36"),
    GOOD("1;32", "32"),
    BAD("1;31", "31"),
    TRANSITIONAL("1", "");

    private final String own;
    private final String peers;

    Colour(String own, String peers) {
        this.own = own;
        this.peers = peers;
    }

    String paint(String text, boolean ofPeer) {
        String code = ofPeer ? peers : own;
        return code.isEmpty() ? text : "\033[" + code + "m" + text + "\033[0m";
    }

    static Colour of(Role role) {
        return role == Role.PRIMARY ? PRIMARY : NONE;
    }

    /** @param intended whether having no disk is what was configured */
    static Colour of(DiskState disk, boolean intended) {
        return switch (disk) {
            case UP_TO_DATE -> GOOD;
            case DISKLESS -> intended ? GOOD : BAD;
            case INCONSISTENT, OUTDATED -> BAD;
            case FAILED, ATTACHING, DETACHING, NEGOTIATING, CONSISTENT -> TRANSITIONAL;
            case UNKNOWN -> NONE;
        };
    }

    static Colour of(ConnectionState connection) {
        return switch (connection) {
            case CONNECTED -> NONE;
            case STANDALONE, CONNECTING -> BAD;
            case DISCONNECTING, UNCONNECTED, TIMEOUT, BROKEN_PIPE, NETWORK_FAILURE, PROTOCOL_ERROR, TEAR_DOWN ->
                TRANSITIONAL;
        };
    }

    static Colour of(ReplicationState replication) {
        return switch (replication) {
            case SYNC_SOURCE, SYNC_TARGET, PAUSED_SYNC_S, PAUSED_SYNC_T -> BAD;
            case OFF, ESTABLISHED -> NONE;
            case STARTING_SYNC_S,
                    STARTING_SYNC_T,
                    WF_BITMAP_S,
                    WF_BITMAP_T,
                    WF_SYNC_UUID,
                    VERIFY_S,
                    VERIFY_T,
                    AHEAD,
                    BEHIND -> TRANSITIONAL;
        };
    }
}
