package io.bsr.core;

import io.bsr.base.port.Timers;
import io.bsr.base.state.ConnectionState;
import io.bsr.wire.packet.Signal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out that a peer is gone (wire-protocol reference, section 16): pings when nothing arrives, and limits for data
 * that the network does not take and for requests that the peer does not answer.
 *
 * <p>If this process itself stood still (a pause of the machine or of the garbage collector), its timers are late and
 * answers may lie unread in the sockets. A late timer therefore never condemns the peer: it gives one more period.
 */
final class KeepAlive {
    private static final long TENTH = 100_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final long LATE = SECOND / 2;

    private final Session session;
    private final Resource resource;
    private Timers.@Nullable Timer pingTimer;
    private Timers.@Nullable Timer stallTimer;
    private boolean pingOutstanding;
    private boolean pingAgain;
    private long pingTimerDue;
    private long dataBytesAtPing;
    private long controlBytesAtPing;
    private List<Runnable> afterNextAnswer = new ArrayList<>();
    private List<Runnable> afterThisAnswer = new ArrayList<>();

    private long stallTimerDue;
    private long unsentAtCheck;
    private long stalledSince = -1;
    private long waitingEpochSince = -1;

    KeepAlive(Session session, Resource resource) {
        this.session = session;
        this.resource = resource;
    }

    /** The control stream is in use from now on. */
    void start() {
        armIdle();
    }

    /** Writes can be sent from now on. */
    void connected() {
        armStall();
    }

    void stop() {
        if (pingTimer != null) {
            pingTimer.cancel();
        }
        if (stallTimer != null) {
            stallTimer.cancel();
        }
        afterNextAnswer.clear();
        afterThisAnswer.clear();
    }

    private long pingTimeout() {
        return session.connection.options().pingTimeout() * TENTH;
    }

    private void arm(long delay) {
        if (pingTimer != null) {
            pingTimer.cancel();
        }
        pingTimerDue = resource.now() + delay;
        dataBytesAtPing = session.data.receivedBytes();
        controlBytesAtPing = session.control.receivedBytes();
        pingTimer = resource.timers().schedule(delay, this::pingTimerFired);
    }

    private void armIdle() {
        arm(session.connection.options().pingInterval() * SECOND);
    }

    private void pingTimerFired() {
        if (!session.alive) {
            return;
        }
        boolean late = resource.now() - pingTimerDue > LATE;
        boolean heard = session.data.receivedBytes() != dataBytesAtPing
                || session.control.receivedBytes() != controlBytesAtPing;
        if (pingOutstanding) {
            if (late || (heard && session.control.receivedBytes() == controlBytesAtPing)) {
                arm(pingTimeout());
            } else {
                session.connection.fail(
                        ConnectionState.NETWORK_FAILURE,
                        "the peer did not answer a ping within "
                                + session.connection.options().pingTimeout() / 10.0 + " s");
            }
        } else if (heard) {
            armIdle();
        } else {
            ping();
        }
    }

    private void ping() {
        pingOutstanding = true;
        session.sendControl(Signal.PING);
        arm(pingTimeout());
    }

    /** Calls {@code then} after the answer to a ping that is sent now or later. */
    void pingThen(Runnable then) {
        if (pingOutstanding) {
            afterNextAnswer.add(then);
            pingAgain = true;
        } else {
            afterThisAnswer.add(then);
            ping();
        }
    }

    /** P_PING_ACK. */
    void answered() {
        if (!pingOutstanding) {
            return;
        }
        pingOutstanding = false;
        List<Runnable> done = afterThisAnswer;
        afterThisAnswer = afterNextAnswer;
        afterNextAnswer = new ArrayList<>();
        if (pingAgain) {
            pingAgain = false;
            ping();
        } else {
            armIdle();
        }
        for (Runnable then : done) {
            then.run();
        }
    }

    private void armStall() {
        stallTimerDue = resource.now() + SECOND;
        stallTimer = resource.timers().schedule(SECOND, this::checkStall);
    }

    private void checkStall() {
        if (!session.alive) {
            return;
        }
        long now = resource.now();
        boolean late = now - stallTimerDue > LATE;
        int koCount = session.connection.options().koCount();
        long limit = (long) koCount * session.connection.options().timeout() * TENTH;
        long unsent = session.data.unsentBytes();
        if (unsent == 0 || unsent < unsentAtCheck || late) {
            stalledSince = -1;
        } else if (stalledSince < 0) {
            stalledSince = now;
        }
        unsentAtCheck = unsent;
        long oldest = resource.replication().oldestUnanswered(session.connection);
        if (late && oldest > 0) {
            waitingEpochSince = now;
        }
        long waiting = oldest == 0 ? 0 : now - Math.max(oldest, waitingEpochSince);
        if (koCount > 0 && stalledSince >= 0 && now - stalledSince > limit) {
            session.connection.fail(ConnectionState.TIMEOUT, "the network took no data for " + limit / SECOND + " s");
        } else if (koCount > 0 && waiting > limit) {
            session.connection.fail(
                    ConnectionState.TIMEOUT, "the peer did not answer a request for " + waiting / SECOND + " s");
        } else {
            armStall();
        }
    }
}
