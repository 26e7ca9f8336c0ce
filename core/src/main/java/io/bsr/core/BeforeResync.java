package io.bsr.core;

import io.bsr.base.state.ReplicationState;
import org.jspecify.annotations.Nullable;

/**
 * The handlers before-resync-target and before-resync-source, which may forbid a resync (handlers reference, section 2):
 * to take a snapshot of what is overwritten next, for instance. Until they have answered, the replication state stays and
 * nothing more is read from the peer's data stream: the target's disk stays as it was when its handler was called. The
 * control stream goes on, and with it the answers to the peer's pings.
 */
final class BeforeResync {
    /** What "old tools" answer: it forbids nothing on the side of the source. */
    private static final int IGNORED_BY_SOURCE = 3;

    private final PeerDevice peerDevice;
    private @Nullable Question open;

    /** Of a later session: a handler is not called for the second time while it runs. */
    private @Nullable Question next;

    BeforeResync(PeerDevice peerDevice) {
        this.peerDevice = peerDevice;
    }

    /** In words for people, empty if nothing is asked. */
    String waitsFor() {
        return open == null ? "" : "the handler " + open.handler;
    }

    /** This node's disk is overwritten by what {@code goOn} begins, unless the handler forbids it. */
    void asTarget(Session session, Runnable goOn) {
        ask(new Question(session, "before-resync-target", 0, goOn));
    }

    /** The peer's disk is overwritten by what {@code goOn} begins, unless the handler forbids it. */
    void asSource(Session session, Runnable goOn) {
        ask(new Question(session, "before-resync-source", IGNORED_BY_SOURCE, goOn));
    }

    private void ask(Question question) {
        Question before = open;
        if (before == null) {
            question.ask();
        } else if (before.session != question.session) {
            next = question;
            question.hold();
        }
    }

    private final class Question {
        final Session session;
        final String handler;
        private final int ignored;
        private final Runnable goOn;
        private final ReplicationState state = peerDevice.replication();
        private boolean held;

        Question(Session session, String handler, int ignored, Runnable goOn) {
            this.session = session;
            this.handler = handler;
            this.ignored = ignored;
            this.goOn = goOn;
        }

        void hold() {
            held = true;
            session.handlersAsked++;
            session.data.pauseReading();
        }

        void ask() {
            open = this;
            Connection connection = peerDevice.connection();
            Happening.HandlerDue due = new Happening.HandlerDue(
                    handler, connection.peer().value(), peerDevice.volume().number());
            connection.resource().ask(due, this::answered);
            if (open == this && !held) {
                hold();
            }
        }

        private void answered(int exitCode) {
            open = null;
            Question waiting = next;
            next = null;
            if (held) {
                session.handlersAsked--;
            }
            if (session.alive) {
                decide(exitCode);
            }
            if (waiting != null && waiting.session.alive) {
                waiting.ask();
            }
        }

        private void decide(int exitCode) {
            if (exitCode != 0 && exitCode != ignored) {
                peerDevice
                        .connection()
                        .giveUp("handler " + handler + " forbids the resync of "
                                + peerDevice.volume().label() + ", exit code " + exitCode);
                return;
            }
            if (peerDevice.replication() == state) {
                goOn.run();
            }
            if (held && session.alive && session.handlersAsked == 0) {
                session.data.resumeReading();
            }
        }
    }
}
