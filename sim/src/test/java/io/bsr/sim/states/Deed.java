package io.bsr.sim.states;

import io.bsr.base.state.Role;
import io.bsr.sim.node.ScriptedPair;
import io.bsr.sim.node.SimNode;
import java.util.Locale;

/** What can happen to a node, or to the link between both. */
enum Deed {
    START,
    KILL,
    DOWN,
    CONNECT,
    CONNECT_DISCARD("connect --discard-my-data"),
    DISCONNECT,
    PRIMARY,
    PRIMARY_FORCE("primary --force"),
    SECONDARY,
    ATTACH,
    DETACH,
    DETACH_FORCE("detach --force"),
    OUTDATE,
    INVALIDATE,
    INVALIDATE_REMOTE("invalidate-remote"),
    PAUSE_SYNC("pause-sync"),
    RESUME_SYNC("resume-sync"),
    VERIFY,
    WRITE("a write"),
    BREAK_DISK("disk breaks"),
    MEND_DISK("disk mended"),
    CUT_LINK("link cut"),
    HEAL_LINK("link healed");

    private static final long WHOLE = -1;

    private final String text;

    Deed() {
        text = name().toLowerCase(Locale.ROOT);
    }

    Deed(String text) {
        this.text = text;
    }

    /** True for what happens to the link, which both nodes share. */
    boolean common() {
        return this == CUT_LINK || this == HEAL_LINK;
    }

    /** True for what an administrator asks a node to do, and it may refuse. */
    boolean command() {
        return switch (this) {
            case CONNECT,
                    CONNECT_DISCARD,
                    DISCONNECT,
                    PRIMARY,
                    PRIMARY_FORCE,
                    SECONDARY,
                    ATTACH,
                    DETACH,
                    DETACH_FORCE,
                    OUTDATE,
                    INVALIDATE,
                    INVALIDATE_REMOTE,
                    VERIFY,
                    DOWN -> true;
            case START, KILL, PAUSE_SYNC, RESUME_SYNC, WRITE, BREAK_DISK, MEND_DISK, CUT_LINK, HEAL_LINK -> false;
        };
    }

    /** False where it would be no event at all. */
    boolean possible(PairState state, int node) {
        boolean up = state.node(node).up();
        return switch (this) {
            case START -> !up;
            case WRITE -> up && state.node(node).role() == Role.PRIMARY;
            case BREAK_DISK -> !state.broken(node);
            case MEND_DISK -> state.broken(node);
            case CUT_LINK -> node == 0 && !state.cut();
            case HEAL_LINK -> node == 0 && state.cut();
            case KILL,
                    CONNECT,
                    CONNECT_DISCARD,
                    DISCONNECT,
                    PRIMARY,
                    PRIMARY_FORCE,
                    SECONDARY,
                    ATTACH,
                    DETACH,
                    DETACH_FORCE,
                    OUTDATE,
                    INVALIDATE,
                    INVALIDATE_REMOTE,
                    PAUSE_SYNC,
                    RESUME_SYNC,
                    VERIFY,
                    DOWN -> up;
        };
    }

    /** Lets it begin. */
    void begin(Stage stage, int node, ScriptedPair.Ending ending) {
        SimNode target = stage.node(node);
        int volume = ScriptedPair.VOLUME;
        switch (this) {
            case START -> {
                if (target.running()) {
                    target.up(true);
                } else {
                    target.start(true);
                }
            }
            case KILL -> stage.kill(node);
            case DOWN -> target.down(ending);
            case CONNECT -> target.connect(false, ending);
            case CONNECT_DISCARD -> target.connect(true, ending);
            case DISCONNECT -> target.disconnect(false, ending);
            case PRIMARY -> target.primary(false, ending);
            case PRIMARY_FORCE -> target.primary(true, ending);
            case SECONDARY -> target.secondary(ending);
            case ATTACH -> target.attach(target.volumes().getFirst(), ending);
            case DETACH -> target.detach(volume, false, ending);
            case DETACH_FORCE -> target.detach(volume, true, ending);
            case OUTDATE -> target.command("outdate", (r, done) -> r.outdate(Stage.VOLUME, done), ending);
            case INVALIDATE -> target.invalidate(volume, ending);
            case INVALIDATE_REMOTE -> target.invalidateRemote(volume, ending);
            case PAUSE_SYNC -> target.pauseSync(volume, true);
            case RESUME_SYNC -> target.pauseSync(volume, false);
            case VERIFY -> target.verify(volume, 0, WHOLE, false, ending);
            case WRITE -> stage.write(node);
            case BREAK_DISK -> stage.breakDisk(node);
            case MEND_DISK -> stage.mendDisk(node);
            case CUT_LINK -> stage.cutLink();
            case HEAL_LINK -> stage.healLink();
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
