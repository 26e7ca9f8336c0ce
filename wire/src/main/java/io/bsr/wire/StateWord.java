package io.bsr.wire;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.wire.ProtocolException.Fault;
import org.jspecify.annotations.Nullable;

/**
 * The state of a peer device in 32 bits: P_STATE, and mask and value of state changes (reference 5.3).
 *
 * <pre>
 *  bit 31        24 23 22 21 20 19 18 17 16      13 12       9 8          4 3    2 1    0
 *     ┌────────────┬──┬──┬──┬──┬──┬──┬──┬──────────┬──────────┬────────────┬──────┬──────┐
 *     │ 0          │q │sf│sn│ui│pi│ai│s │ pdsk     │ disk     │ conn       │ peer │ role │
 *     └────────────┴──┴──┴──┴──┴──┴──┴──┴──────────┴──────────┴────────────┴──────┴──────┘
 *      q quorum (DRBD 9), sf susp_fen, sn susp_nod, ui user_isp, pi peer_isp, ai aftr_isp, s susp
 * </pre>
 *
 * Disk states have the numbers of {@link DiskState} here; {@link #renumbered} makes those of old peers. As the fields
 * of a mask are all ones, the fields are numbers; the typed accessors give {@code null} for one without a name.
 *
 * @param bits all 32 bits, also those without a meaning
 */
public record StateWord(int bits) {
    public static final StateWord ZERO = new StateWord(0);

    /** All bits of the field role, for a mask. */
    public static final int ROLE_MASK = 3;
    /** All bits of the field conn, for a mask. */
    public static final int CONN_MASK = 31;
    /** All bits of the fields disk and pdsk, for a mask. */
    public static final int DISK_MASK = 15;

    private static final int PEER_SHIFT = 2;
    private static final int CONN_SHIFT = 4;
    private static final int DISK_SHIFT = 9;
    private static final int PDSK_SHIFT = 13;
    private static final int SUSP = 1 << 17;
    private static final int AFTR_ISP = 1 << 18;
    private static final int PEER_ISP = 1 << 19;
    private static final int USER_ISP = 1 << 20;
    private static final int SUSP_NOD = 1 << 21;
    private static final int SUSP_FEN = 1 << 22;
    private static final int HIGHEST_CONN = ReplicationState.BEHIND.number();

    /** The sender's role: number. */
    public int role() {
        return bits & ROLE_MASK;
    }

    /** The sender's view of the receiver's role: number. */
    public int peer() {
        return bits >>> PEER_SHIFT & ROLE_MASK;
    }

    /** Connection or replication state: number. */
    public int conn() {
        return bits >>> CONN_SHIFT & CONN_MASK;
    }

    /** The sender's disk: number. */
    public int disk() {
        return bits >>> DISK_SHIFT & DISK_MASK;
    }

    /** The sender's view of the receiver's disk: number. */
    public int pdsk() {
        return bits >>> PDSK_SHIFT & DISK_MASK;
    }

    /** I/O is suspended by the user. */
    public boolean susp() {
        return (bits & SUSP) != 0;
    }

    /** The sender's resync waits for another one. */
    public boolean aftrIsp() {
        return (bits & AFTR_ISP) != 0;
    }

    /** The sender sees that its peer paused the resync. */
    public boolean peerIsp() {
        return (bits & PEER_ISP) != 0;
    }

    /** The resync is paused by the user. */
    public boolean userIsp() {
        return (bits & USER_ISP) != 0;
    }

    /** I/O is suspended because no up-to-date data is reachable. */
    public boolean suspNod() {
        return (bits & SUSP_NOD) != 0;
    }

    /** I/O is suspended while the peer is being fenced. */
    public boolean suspFen() {
        return (bits & SUSP_FEN) != 0;
    }

    public @Nullable Role roleState() {
        return Role.ofNumber(role());
    }

    public @Nullable Role peerState() {
        return Role.ofNumber(peer());
    }

    /** The field conn, if it is a replication state (9 and more). */
    public @Nullable ReplicationState replicationState() {
        return ReplicationState.ofNumber(conn());
    }

    /** The field conn, if it is a connection state (up to 9). */
    public @Nullable ConnectionState connectionState() {
        return ConnectionState.ofNumber(conn());
    }

    public @Nullable DiskState diskState() {
        return DiskState.ofNumber(disk());
    }

    public @Nullable DiskState pdskState() {
        return DiskState.ofNumber(pdsk());
    }

    public StateWord withRole(int number) {
        return with(number, ROLE_MASK, 0);
    }

    public StateWord withRole(Role role) {
        return withRole(role.number());
    }

    public StateWord withPeer(int number) {
        return with(number, ROLE_MASK, PEER_SHIFT);
    }

    public StateWord withPeer(Role role) {
        return withPeer(role.number());
    }

    public StateWord withConn(int number) {
        return with(number, CONN_MASK, CONN_SHIFT);
    }

    public StateWord withConn(ReplicationState state) {
        return withConn(state.number());
    }

    public StateWord withConn(ConnectionState state) {
        return withConn(state.number());
    }

    public StateWord withDisk(int number) {
        return with(number, DISK_MASK, DISK_SHIFT);
    }

    public StateWord withDisk(DiskState state) {
        return withDisk(state.number());
    }

    public StateWord withPdsk(int number) {
        return with(number, DISK_MASK, PDSK_SHIFT);
    }

    public StateWord withPdsk(DiskState state) {
        return withPdsk(state.number());
    }

    public StateWord withSusp(boolean on) {
        return with(on, SUSP);
    }

    public StateWord withAftrIsp(boolean on) {
        return with(on, AFTR_ISP);
    }

    public StateWord withPeerIsp(boolean on) {
        return with(on, PEER_ISP);
    }

    public StateWord withUserIsp(boolean on) {
        return with(on, USER_ISP);
    }

    public StateWord withSuspNod(boolean on) {
        return with(on, SUSP_NOD);
    }

    public StateWord withSuspFen(boolean on) {
        return with(on, SUSP_FEN);
    }

    private StateWord with(int number, int mask, int shift) {
        if ((number & ~mask) != 0) {
            throw new IllegalArgumentException("state number " + number + " is not in 0 … " + mask);
        }
        return new StateWord((bits & ~(mask << shift)) | (number << shift));
    }

    private StateWord with(boolean on, int bit) {
        return new StateWord(on ? bits | bit : bits & ~bit);
    }

    /** The same word with the disk states in the numbers of {@code numbering}; not for masks. */
    public StateWord renumbered(DiskNumbering numbering) {
        return withDisk(numbering.toWire(disk())).withPdsk(numbering.toWire(pdsk()));
    }

    /**
     * Reads a word that is a state (not a mask): every field has a name.
     *
     * @throws ProtocolException {@link Fault#BAD_VALUE}
     */
    public static StateWord ofWire(int wireBits, DiskNumbering numbering) throws ProtocolException {
        StateWord word = new StateWord(wireBits);
        int disk = numbering.fromWire(word.disk());
        int pdsk = numbering.fromWire(word.pdsk());
        if (Role.ofNumber(word.role()) == null
                || Role.ofNumber(word.peer()) == null
                || word.conn() > HIGHEST_CONN
                || DiskState.ofNumber(disk) == null
                || DiskState.ofNumber(pdsk) == null) {
            throw new ProtocolException(
                    Fault.BAD_VALUE,
                    "P_STATE refused",
                    "0x" + Integer.toHexString(wireBits) + " has a field that is no state");
        }
        return word.withDisk(disk).withPdsk(pdsk);
    }

    /** For logs, e.g. {@code role=Primary peer=Secondary conn=Established disk=UpToDate pdsk=Inconsistent}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("role=").append(orNumber(roleState(), role()));
        text.append(" peer=").append(orNumber(peerState(), peer()));
        Object conn = conn() < ReplicationState.OFF.number() ? connectionState() : replicationState();
        text.append(" conn=").append(orNumber(conn, conn()));
        text.append(" disk=").append(orNumber(diskState(), disk()));
        text.append(" pdsk=").append(orNumber(pdskState(), pdsk()));
        String[] names = {"susp", "aftr_isp", "peer_isp", "user_isp", "susp_nod", "susp_fen"};
        int rest = bits >>> 17;
        return rest == 0
                ? text.toString()
                : text.append(' ').append(FlagNames.join(rest, names)).toString();
    }

    private static Object orNumber(@Nullable Object state, int number) {
        return state == null ? Integer.valueOf(number) : state;
    }
}
