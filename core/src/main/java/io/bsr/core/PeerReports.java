package io.bsr.core;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.base.state.Role;
import io.bsr.core.disk.Disk;
import io.bsr.core.generation.GenerationIdentifiers;
import io.bsr.core.generation.SyncParty;
import io.bsr.core.option.DigestOptions;
import io.bsr.metadata.Superblock;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.StateWord;
import io.bsr.wire.UuidFlags;
import io.bsr.wire.digest.DigestAlgorithm;
import io.bsr.wire.packet.CurrentUuid;
import io.bsr.wire.packet.Signal;
import io.bsr.wire.packet.Sizes;
import io.bsr.wire.packet.SyncParam89;
import io.bsr.wire.packet.Uuids;
import io.bsr.wire.packet.Uuids110;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What peers tell about a volume: its size, its generation, its state; and what follows from it. */
final class PeerReports {
    private final Resource resource;
    private final SyncHandshake handshake;

    PeerReports(Resource resource) {
        this.resource = resource;
        handshake = new SyncHandshake(resource);
    }

    // ------------------------------------------------------------------------------------------------ size

    /** P_SIZES: the smaller of the two disks is the size of the volume, unless it was larger before. */
    void sizes(PeerDevice p, Sizes sizes) {
        Volume volume = p.volume();
        p.peerSectors = sizes.backingSectors();
        p.peerCurrentSectors = sizes.currentSectors();
        p.peerLimit = sizes.userSectors();
        Disk disk = volume.disk();
        if (disk == null || sizes.backingSectors() == 0) {
            return;
        }
        if (sizes.currentSectors() > sizes.backingSectors()) {
            p.connection()
                    .giveUp("the peer says that its volume has " + sizes.currentSectors() + " sectors on a disk of "
                            + sizes.backingSectors());
            return;
        }
        long limit = sizes.userSectors() > 0
                ? Math.min(sizes.userSectors(), sizes.backingSectors())
                : sizes.backingSectors();
        boolean binds = sizes.currentSectors() > 0 && p.connection().protocol().currentSizeBinds();
        long agreed = binds && volume.fresh() ? sizes.currentSectors() : limit;
        if (volume.fresh() && agreed > disk.sectors()) {
            if (binds && sizes.currentSectors() > disk.sectors()) {
                volume.resize().makeRoom(p);
                return;
            }
            agreed = disk.sectors();
        }
        if (agreed < volume.sectors()) {
            if (!volume.fresh() && !p.discardMyData) {
                p.connection()
                        .letPeerMakeRoom(
                                p,
                                "the peer's disk is too small: it has " + limit + " sectors, the volume "
                                        + volume.sectors());
                return;
            }
            volume.shrink(agreed);
            return;
        }
        if (!p.connection().protocol().currentSizeBinds()) {
            // DRBD 8.4 tells the size of an unused disk as well; whether a used one is too large it decides itself.
            Session session = p.connection().session();
            if (session != null && p.replication().atLeast(ReplicationState.ESTABLISHED)) {
                resource.sizeAgreement().oneStep().told(p, session, sizes);
            } else if (sizes.currentSectors() > disk.sectors() && disk.limit() == 0) {
                volume.resize().lookForRoom(p);
            }
            return;
        }
        if (sizes.currentSectors() > Math.max(disk.sectors(), volume.agreedSectors())) {
            volume.resize().makeRoom(p);
        } else if (sizes.currentSectors() > volume.agreedSectors()
                && p.replication().atLeast(ReplicationState.ESTABLISHED)) {
            resource.sizeAgreement().missedCommit(p);
        }
    }

    // ------------------------------------------------------------------------------------------------ parameters

    /** P_SYNC_PARAM89: while the connection is being made the algorithms must be the same, later they are taken over. */
    void parameters(PeerDevice p, SyncParam89 theirs) {
        Connection connection = p.connection();
        DigestOptions mine = connection.digests();
        String verify = DigestOptions.name(mine.verify());
        String csums = DigestOptions.name(mine.csums());
        if (theirs.verifyAlgorithm().equals(verify) && theirs.csumsAlgorithm().equals(csums)) {
            return;
        }
        if (p.replication() == ReplicationState.OFF) {
            connection.giveUp("the two nodes are configured differently: verify-alg and csums-alg are \"" + verify
                    + "\" and \"" + csums + "\" here, \"" + theirs.verifyAlgorithm() + "\" and \""
                    + theirs.csumsAlgorithm() + "\" there");
            return;
        }
        connection.digests(mine.adopting(
                DigestAlgorithm.ofName(theirs.verifyAlgorithm()), DigestAlgorithm.ofName(theirs.csumsAlgorithm())));
        resource.log(
                Events.Level.INFO,
                p.label(),
                "the peer uses verify-alg \"" + theirs.verifyAlgorithm() + "\" and csums-alg \""
                        + theirs.csumsAlgorithm() + "\" from now on");
    }

    // ------------------------------------------------------------------------------------------------ identifiers

    /** P_UUIDS110. */
    void identifiers(PeerDevice p, Uuids110 uuids) {
        p.peerTold(uuids);
        Session session = Objects.requireNonNull(p.connection().session());
        session.sendControl(Signal.UUID_ACK);
        p.volume().generation().peerHas(uuids.current());
        Disk disk = p.volume().disk();
        if (disk == null || p.handshaking() || NewCurrentUuid.follow(p, uuids, disk)) {
            return;
        }
        Superblock superblock = disk.superblock();
        boolean same = GenerationIdentifiers.same(uuids.current(), superblock.currentUuid);
        long flags = uuids.flags();
        int me = resource.nodeId().value();
        if (same
                && uuids.bitmap(me) == 0
                && uuids.dirtyBits() == 0
                && superblock.peer(p.connection().peer().value()).bitmapUuid != 0) {
            // The peer finished a resync from this node: its generation is ours, nothing is left to remember.
            superblock.setBitmapUuid(p.connection().peer().value(), 0, 0);
            superblock.pushHistory(0);
            p.volume().persist();
        }
        if ((flags & UuidFlags.NEW_DATAGEN) != 0 && !same) {
            follow(p, uuids, superblock);
        } else if ((flags & UuidFlags.RESYNC) != 0 && StateRules.inStep(p.replication())) {
            p.considerResync = true;
        }
        if ((flags & UuidFlags.SEND_IT_TO_ME) != 0) {
            p.sendIdentifiers(0, 0);
        }
    }

    /** P_UUIDS: DRBD 8.4 expects no answer, and compares at the next P_STATE. */
    void identifiersOfDrbd84(PeerDevice p, Uuids packet) {
        Uuids110 uuids = Drbd84Protocol.received(packet, resource.nodeId().value());
        p.peerTold(uuids);
        boolean begunForUs = resource.role() == Role.PRIMARY
                && p.volume().usableDisk() == null
                && p.connection().peerRole() == Role.SECONDARY
                && p.peerDisk() == DiskState.UP_TO_DATE;
        if (begunForUs) {
            p.volume().generation().peerBegan(uuids.current());
        }
        Disk disk = p.volume().disk();
        if (disk == null
                || p.replication() != ReplicationState.ESTABLISHED
                || disk.superblock().currentUuid != Superblock.UUID_JUST_CREATED
                || (uuids.flags() & UuidFlags.SKIP_INITIAL_SYNC) == 0) {
            return;
        }
        Superblock superblock = disk.superblock();
        superblock.currentUuid = uuids.current() & ~Superblock.UUID_PRIMARY;
        superblock.setBitmapUuid(p.connection().peer().value(), 0, 0);
        disk.bitmap().clearAll(p.slot());
        StateChange.imposed(resource, "the administrator of the peer declared both disks equal")
                .disk(p.volume(), DiskState.UP_TO_DATE)
                .peerDisk(p, DiskState.UP_TO_DATE)
                .commit();
        p.volume().persist();
    }

    /** True if the Primary has no blocks that this node lacks; that the generations differ is what it announces. */
    private boolean remembersNothing(Uuids110 uuids) {
        long bitmap = uuids.bitmap(resource.nodeId().value());
        return bitmap == 0 || bitmap == Uuids110.DIFFERENT_DATA;
    }

    /** The Primary began a new generation while this node was in contact: it is this node's too. */
    private void follow(PeerDevice p, Uuids110 uuids, Superblock superblock) {
        boolean inContact = StateRules.inStep(p.replication())
                && p.volume().diskState() == DiskState.UP_TO_DATE
                && p.connection().peerRole() == Role.PRIMARY
                && remembersNothing(uuids);
        if (inContact) {
            superblock.pushHistory(superblock.currentUuid);
            superblock.currentUuid = uuids.current() & ~Superblock.UUID_PRIMARY;
            resource.log(
                    Events.Level.INFO,
                    p.label(),
                    "follows the new generation " + Long.toHexString(superblock.currentUuid));
            p.volume().persist();
            Session session = p.connection().session();
            if (session != null) {
                session.send(p.volume().number(), new CurrentUuid(superblock.currentUuid, 0));
            }
        }
    }

    /** P_CURRENT_UUID: a peer without a disk, or the answer to a new generation. */
    void currentUuid(PeerDevice p, CurrentUuid uuid) {
        p.volume().generation().peerHas(uuid.current());
        Uuids110 known = p.peerIdentifiers;
        p.peerTold(
                known == null
                        ? Uuids110.of(uuid.current(), 0, UuidFlags.STABLE, 0, 0, List.of(), List.of())
                        : new Uuids110(
                                uuid.current(),
                                known.dirtyBits(),
                                known.flags(),
                                known.nodeMask(),
                                known.bitmapMask(),
                                known.bitmaps(),
                                known.history()));
        Disk disk = p.volume().disk();
        if (disk != null
                && p.peerLacksDisk()
                && p.volume().diskState() == DiskState.UP_TO_DATE
                && !GenerationIdentifiers.same(uuid.current(), disk.superblock().currentUuid)) {
            Session session = p.connection().session();
            p.volume().generation().follow(uuid.current(), () -> {
                if (session != null) {
                    session.send(p.volume().number(), new CurrentUuid(disk.superblock().currentUuid, 0));
                }
            });
        }
    }

    // ------------------------------------------------------------------------------------------------ state

    /** P_STATE for the whole connection: only "I am Secondary now" has a meaning. */
    void roleOnly(Connection connection, StateWord word) {
        if (word.roleState() == Role.SECONDARY) {
            StateChange.imposed(resource, "the peer was demoted")
                    .peerRole(connection, Role.SECONDARY)
                    .commit();
        }
    }

    /** P_STATE (state-machine reference, section 6.1). */
    void state(PeerDevice p, StateWord word) throws ProtocolException {
        if (word.diskState() == null || word.roleState() == null) {
            throw new ProtocolException(
                    ProtocolException.Fault.BAD_VALUE, "P_STATE refused", "it names a state that does not exist");
        }
        if (!p.handshaking() && p.replication() == ReplicationState.OFF) {
            p.connection().failAndRetry("the peer has volume " + p.volume().number() + " by now");
            return;
        }
        if (p.handshaking() && p.firstState == null) {
            p.firstState = word;
            Objects.requireNonNull(p.connection().session()).firstStatesPending = true;
            firstStates(p.connection(), false);
            return;
        }
        if (p.handshaking()) {
            // The peer goes on: there will be no other first states.
            firstStates(p.connection(), true);
            if (p.handshaking()) {
                return;
            }
        }
        laterState(p, word);
    }

    private void laterState(PeerDevice p, StateWord word) {
        ReplicationState theirs = replication(word);
        ReplicationState theirsBefore = p.peerReplication;
        p.peerReplication = theirs;
        DiskState peerDisk = peerDisk(p, word);
        boolean wasTarget = p.connection().protocol().targetHasFinished(theirsBefore, p.peerDisk(), peerDisk);
        if (wasTarget && theirs == ReplicationState.ESTABLISHED) {
            if (p.replication() == ReplicationState.SYNC_SOURCE || p.replication() == ReplicationState.PAUSED_SYNC_S) {
                p.resyncEnd().asSource(peerDisk);
                return;
            }
            if (p.replication() == ReplicationState.WF_BITMAP_S) {
                p.finishAtStart = peerDisk;
                return;
            }
        }
        boolean endsVerify = theirsBefore == ReplicationState.VERIFY_S
                || (p.connection().protocol().locksWhileVerifying() && peerDisk == DiskState.UP_TO_DATE);
        if (theirs == ReplicationState.ESTABLISHED && endsVerify) {
            p.verifyTarget().sourceEnded();
        } else if (theirs == ReplicationState.ESTABLISHED && theirsBefore == ReplicationState.VERIFY_T) {
            p.verifySource().targetEnded();
        }
        if (p.peerDisk() == DiskState.UP_TO_DATE
                && peerDisk == DiskState.INCONSISTENT
                && p.replication() == ReplicationState.ESTABLISHED
                && StateRules.syncing(theirs)) {
            peerDisk = DiskState.UP_TO_DATE;
        }
        Consequence consequence = consequence(p, word, theirs, peerDisk, false);
        if (consequence.decision().drop() != null) {
            p.connection()
                    .giveUpTogether(
                            consequence.decision().drop(),
                            consequence.decision().error());
        } else {
            act(consequence);
        }
    }

    private static boolean mayFallBehind(ReplicationState state) {
        return StateRules.inStep(state) || (StateRules.targetSide(state) && StateRules.syncing(state));
    }

    private static boolean behind(DiskState disk) {
        return disk == DiskState.INCONSISTENT || disk == DiskState.OUTDATED;
    }

    /**
     * What follows from a state that a peer told.
     *
     * @param first it is the first one of a handshake
     * @param compared the decision comes from the generations of both
     */
    private record Consequence(
            PeerDevice p,
            StateWord word,
            ReplicationState theirs,
            DiskState peerDisk,
            boolean first,
            boolean compared,
            SyncHandshake.Decision decision) {}

    /**
     * The volumes of a connection are one group: what is to become of each is decided for all of them before anything is
     * done. Else the refusal of one would leave those before it outdated, without a peer to be resynced from.
     *
     * @param complete the peer has gone on: nothing is to be expected of volumes that it has not told of
     */
    void firstStates(Connection connection, boolean complete) {
        for (PeerDevice p : connection.peerDevices()) {
            if (p.handshaking() && p.firstState == null && !complete) {
                return;
            }
        }
        List<Consequence> consequences = new ArrayList<>();
        for (PeerDevice p : connection.peerDevices()) {
            StateWord word = p.firstState;
            if (p.handshaking() && word != null) {
                ReplicationState theirs = replication(word);
                consequences.add(consequence(p, word, theirs, peerDisk(p, word), true));
            }
        }
        Session session = connection.session();
        if (session != null) {
            session.firstStatesPending = false;
        }
        for (Consequence c : consequences) {
            c.p().firstState = null;
            String drop = c.decision().drop();
            if (drop != null) {
                connection.giveUpTogether(drop, c.decision().error());
                return;
            }
        }
        for (Consequence c : consequences) {
            if (session == null || !session.alive) {
                return;
            }
            c.p().peerReplication = c.theirs();
            act(c);
        }
    }

    private static ReplicationState replication(StateWord word) {
        ReplicationState theirs = word.replicationState();
        return theirs == null ? ReplicationState.OFF : theirs;
    }

    private static DiskState peerDisk(PeerDevice p, StateWord word) {
        Uuids110 known = p.peerIdentifiers;
        return SyncParty.peerDisk(Objects.requireNonNull(word.diskState()), known == null ? 0 : known.flags());
    }

    private Consequence consequence(
            PeerDevice p, StateWord word, ReplicationState theirs, DiskState peerDisk, boolean first) {
        Role role = Objects.requireNonNull(word.roleState());
        DiskState reported = Objects.requireNonNull(word.diskState());
        boolean bothHaveDisks = p.peerIdentifiers != null
                && peerDisk.compareTo(DiskState.NEGOTIATING) >= 0
                && peerDisk != DiskState.UNKNOWN
                && p.volume().diskState().compareTo(DiskState.NEGOTIATING) >= 0;
        boolean oneIsBehind = behind(peerDisk) != behind(p.volume().diskState());
        boolean crossed = p.replication() == ReplicationState.AHEAD && theirs == ReplicationState.WF_BITMAP_T;
        boolean asked = (StateRules.inStep(p.replication()) || crossed)
                && ((p.considerResync && !p.awaitsIdentifiers && oneIsBehind && !StateRules.syncing(theirs))
                        || p.connection().protocol().asksForComparison(theirs, reported));
        boolean compared = false;
        SyncHandshake.Decision decision = SyncHandshake.Decision.enter(uncompared(p, theirs, first));
        if (first
                && role == Role.PRIMARY
                && resource.role() == Role.PRIMARY
                && !p.connection().twoPrimaries()) {
            decision = SyncHandshake.Decision.drop(Handshake.twoPrimaries(), ConnectionError.SPLIT_BRAIN);
        } else if (otherData(p, peerDisk)) {
            decision = SyncHandshake.Decision.drop(
                    "this node is Primary without a good disk, and its users have seen data of generation "
                            + Long.toHexString(p.volume().exposedUuid())
                            + "; the peer's are others. Make this node Secondary, then connect again",
                    ConnectionError.NONE);
        } else if (bothHaveDisks && (first || asked)) {
            p.considerResync = false;
            SyncHandshake.Decision made = handshake.decide(p, role, peerDisk, first);
            if (made.drop() != null && reported == DiskState.NEGOTIATING && !first) {
                resource.log(Events.Level.WARN, p.label(), "the disk that the peer attached: " + made.drop());
                return new Consequence(p, word, theirs, DiskState.DISKLESS, false, false, decision);
            }
            decision = made;
            compared = made.drop() == null;
        }
        return new Consequence(p, word, theirs, peerDisk, first, compared, decision);
    }

    /** Users of this node, which has no good disk, would read something else than before. */
    private boolean otherData(PeerDevice p, DiskState peerDisk) {
        Uuids110 theirs = p.peerIdentifiers;
        return resource.role() == Role.PRIMARY
                && p.volume().diskState() != DiskState.UP_TO_DATE
                && peerDisk == DiskState.UP_TO_DATE
                && theirs != null
                && !p.volume().generation().mayBeExposed(theirs.current());
    }

    /** What to enter where the generations are not compared. */
    private static ReplicationState uncompared(PeerDevice p, ReplicationState theirs, boolean first) {
        if (first) {
            return ReplicationState.ESTABLISHED;
        }
        return theirs == ReplicationState.AHEAD && mayFallBehind(p.replication())
                ? ReplicationState.BEHIND
                : p.replication();
    }

    private void act(Consequence c) {
        PeerDevice p = c.p();
        Role role = Objects.requireNonNull(c.word().roleState());
        c.decision().carryOut().run();
        if (c.compared()) {
            if (c.first() && p.volume().resize().follow(p, c.decision().next(), role, c.peerDisk())) {
                return;
            }
            p.comparedBefore = true;
        } else if (c.peerDisk().compareTo(DiskState.NEGOTIATING) < 0) {
            p.comparedBefore = false;
        }
        StateChange change = StateChange.imposed(
                        resource, c.first() ? "state of the peer received" : "the peer's state")
                .replication(p, c.decision().next())
                .peerDisk(p, c.peerDisk())
                .pausedByPeer(p, c.word().userIsp() || c.word().aftrIsp());
        if (p.connection().peerRole() == Role.UNKNOWN
                || role == Role.SECONDARY
                || p.connection().protocol().roleIsInEveryState()) {
            change.peerRole(p.connection(), role);
        }
        change.commit();
        if (c.first()) {
            p.handshakeEnded();
        }
        if (p.sendBitmapWhenTargetIsReady && c.theirs() == ReplicationState.WF_BITMAP_T) {
            p.sendBitmapWhenTargetIsReady = false;
            p.bitmapExchange().send();
        }
    }
}
