package io.bsr.conformance;

import io.bsr.base.state.DiskState;
import io.bsr.wire.StateWord;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Plays one node of a recording in a session with our node, which takes the place of the other: sends what that node sent, when
 * ours has sent what it had received by then, and holds what ours sends against the recording.
 *
 * <p>States are compared in their own order: the recorded nodes themselves send a state now before, now after the bitmap.
 */
final class RecordedPeer implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private static final List<Integer> IDENTIFIERS = List.of(Packet.UUIDS, Packet.UUIDS110);
    private static final long INCONSISTENT = 4;
    private static final int WAITS_FOR_CONNECTION = 8;
    private static final int REPORTS_PARAMETERS = 9;
    private static final int FAILED_84 = 2;
    private static final int OUTDATED = 5;
    private static final int CONSISTENT = 7;

    /** How our node differs from the recorded one, by what was configured and what disk it has. */
    private static final List<Integer> OWN_SETTINGS =
            List.of(0xfffe, 0xfffd, 0x23, 0x0d, Packet.UUIDS110, Packet.SYNC_UUID);

    private final Node node;
    private final Socket control;
    private final Socket data;
    private final RecordedAnswers answers;
    private final Identifiers identifiers;
    private final RecordedUser user;
    private final Secret secret;
    private final BlockingQueue<Packet> states = new LinkedBlockingQueue<>();
    private final BlockingQueue<Packet> onData = new LinkedBlockingQueue<>();
    private final BlockingQueue<Packet> onControl = new LinkedBlockingQueue<>();
    private final List<String> heard = new ArrayList<>();
    private final List<String> moreStates = new ArrayList<>();

    /** How the recorded node proves that it knows the secret. */
    interface Secret {
        byte[] response(byte[] challenge);
    }

    /** Changes a disk behind the back of its node, as was done before the verify of a session. */
    interface Spoil {
        void run(List<Recording.Sent> session) throws IOException;
    }

    private final List<Recording.Sent> postponed = new ArrayList<>();
    private final Spoil spoil;
    private boolean detaching;
    private boolean adjusted;
    private boolean justSaid;
    private boolean roleSaid;
    private byte[] stateSaid = new byte[0];
    private int volumeSaid;
    private byte[] challenge = new byte[0];
    private @Nullable Packet identifiersSaid;

    RecordedPeer(
            Node node,
            int port,
            RecordedAnswers answers,
            Identifiers identifiers,
            RecordedUser user,
            Secret secret,
            Spoil spoil)
            throws IOException {
        this.node = node;
        this.answers = answers;
        this.identifiers = identifiers;
        this.user = user;
        this.secret = secret;
        this.spoil = spoil;
        control = dial(port, Packet.INITIAL_CONTROL);
        data = dial(port, Packet.INITIAL_DATA);
        listen(control, onControl);
        listen(data, onData);
    }

    private static Socket dial(int port, int first) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int)
                TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        socket.getOutputStream()
                .write(ByteBuffer.allocate(8)
                        .putInt(Packet.MAGIC_80)
                        .putShort((short) first)
                        .putShort((short) 0)
                        .array());
        return socket;
    }

    private void listen(Socket from, BlockingQueue<Packet> others) {
        Thread.ofPlatform().daemon(true).name("recorded peer").start(() -> {
            try {
                DataInputStream in = new DataInputStream(from.getInputStream());
                while (true) {
                    Packet packet = Packet.read(in);
                    if (RecordedAnswers.concerns(packet)) {
                        Packet answer = answers.received(packet);
                        if (answer != null) {
                            send(isForControl(answer), answer);
                        }
                    } else {
                        if (packet.command() == Packet.UUIDS110) {
                            send(true, Packet.of(Packet.UUID_ACK));
                        }
                        synchronized (heard) {
                            heard.add((from == control ? "M " : "D ") + text(packet));
                        }
                        (packet.command() == Packet.STATE ? states : others).add(packet);
                    }
                }
            } catch (IOException e) {
                // The end of the session; who waits for a packet says what is missing.
                synchronized (heard) {
                    heard.add("end");
                }
            }
        });
    }

    private static boolean isForControl(Packet answer) {
        return switch (answer.command()) {
            case Packet.DATA_REPLY, Packet.RS_DATA_REPLY, Packet.OV_REPLY -> false;
            default -> true;
        };
    }

    private void send(boolean onControlStream, Packet packet) throws IOException {
        Socket to = onControlStream ? control : data;
        synchronized (to) {
            to.getOutputStream().write(packet.bytes());
        }
    }

    /**
     * Plays a session.
     *
     * @param first true if our node plays the first of the recording
     * @return true if all of it was played; false if it attached a disk then, for which our node makes the connection anew
     */
    boolean play(List<Recording.Sent> session, boolean first) throws Exception {
        boolean disconnecting = false;
        int attach = attach(session, first);
        answers.begin(session.stream()
                .anyMatch(s -> s.byFirst() != first && s.packet().command() == Packet.RS_CANCEL));
        for (Recording.Sent sent : session.subList(0, attach)) {
            Packet recorded = sent.packet();
            if (VerifiedDisks.beginsVerify(recorded)) {
                answers.awaitAnswers();
                spoil.run(session);
            }
            if (sent.byFirst() == first && isRequestToDetach(recorded)) {
                user.prompt(recorded);
                detaching = true;
            } else if (detaching && sent.byFirst() != first) {
                postponed.add(sent);
            } else if (sent.byFirst() != first) {
                if (disconnecting && recorded.command() != Packet.CONNECTION_STATE_CHANGE_REPLY) {
                    continue;
                }
                play(sent.control(), recorded);
            } else if (RecordedAnswers.isOfUsers(recorded)) {
                answers.awaitAnswers();
                user.prompt(recorded);
                if (RecordedAnswers.isWrite(recorded)) {
                    answers.awaitWrite(recorded);
                } else {
                    answers.awaitRead(recorded);
                }
            } else if (!RecordedAnswers.concerns(recorded)
                    && !isAdjusted(recorded)
                    && (!disconnecting || recorded.command() == Packet.CONNECTION_STATE_CHANGE_REPLY)) {
                answers.awaitAnswers();
                user.prompt(recorded);
                compare(sent.control(), recorded);
            }
            if (detaching && sent.byFirst() == first && isDiskless(recorded)) {
                detached();
            }
            justSaid = sent.byFirst() == first ? recorded.command() == Packet.STATE : justSaid;
            disconnecting |= recorded.command() == Packet.CONNECTION_STATE_CHANGE_REQUEST
                    || (recorded.command() == Packet.TWO_PHASE_COMMIT && RecordedUser.isDisconnect(recorded));
        }
        user.await();
        answers.awaitAnswers();
        answers.ended();
        return attach == session.size();
    }

    /** Where a node tells the size of its disk for the second time. */
    private static int attach(List<Recording.Sent> session, boolean first) {
        int told = 0;
        for (int i = 0; i < session.size(); i++) {
            if (session.get(i).byFirst() == first && session.get(i).packet().command() == Packet.SIZES) {
                told++;
                if (told == 2) {
                    return i;
                }
            }
        }
        return session.size();
    }

    /**
     * DRBD 8.4 asks the peer before it detaches a disk, unless it is forced to; this engine tells it. What the peer says about it
     * comes then behind what our node says.
     */
    private static boolean isRequestToDetach(Packet recorded) {
        return recorded.command() == Packet.STATE_CHANGE_REQUEST
                && new StateWord(recorded.body().getInt(0)).disk() != 0
                && new StateWord(recorded.body().getInt(4)).disk() == FAILED_84;
    }

    private static boolean isDiskless(Packet recorded) {
        return recorded.command() == Packet.STATE
                && new StateWord(recorded.body().getInt(0)).disk() == DiskState.DISKLESS.number();
    }

    private void detached() throws IOException, InterruptedException {
        detaching = false;
        for (Recording.Sent sent : postponed) {
            if (sent.packet().command() != Packet.STATE_CHANGE_REPLY) {
                play(sent.control(), sent.packet());
            }
        }
        postponed.clear();
    }

    /** Options of our node stay as they are: it has no reason to tell new ones. */
    private boolean isAdjusted(Packet recorded) {
        adjusted |= recorded.command() == Packet.PROTOCOL_UPDATE;
        return adjusted && (recorded.command() == Packet.PROTOCOL_UPDATE || recorded.command() == Packet.SYNC_PARAM89);
    }

    private void play(boolean onControlStream, Packet recorded) throws IOException, InterruptedException {
        if (recorded.command() == Packet.AUTH_RESPONSE) {
            send(onControlStream, recorded.with(secret.response(challenge)));
        } else if (!RecordedAnswers.concerns(recorded)) {
            answers.awaitAnswers();
            answers.sending(recorded);
            send(onControlStream, identifiers.ofPeer(recorded));
        } else if (RecordedAnswers.isUnasked(recorded)) {
            answers.sending(recorded);
            send(onControlStream, recorded);
        } else if (recorded.command() == Packet.RS_CANCEL) {
            for (Packet cancelled : answers.cancelled()) {
                send(onControlStream, cancelled);
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ comparison

    private void compare(boolean onControlStream, Packet recorded) throws InterruptedException {
        if (recorded.command() == Packet.STATE) {
            state(recorded);
            return;
        }
        if (isSaidAgain(identifiers.translate(recorded))) {
            return;
        }
        BlockingQueue<Packet> from = onControlStream ? onControl : onData;
        Packet sent = from.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        while (sent != null && isSaidAgain(sent)) {
            sent = from.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        if (sent != null && IDENTIFIERS.contains(sent.command())) {
            identifiersSaid = sent;
        }
        if (sent == null || sent.command() != recorded.command()) {
            throw different(recorded, sent, "another kind");
        }
        if (recorded.command() == Packet.AUTH_CHALLENGE) {
            challenge = bodyOf(sent);
        }
        String why = identifiers.learn(recorded, sent);
        if (!why.isEmpty()) {
            throw different(recorded, sent, why);
        }
        if (!isOwn(recorded) && !Arrays.equals(essence(identifiers.translate(recorded)), essence(sent))) {
            throw different(recorded, sent, "different contents");
        }
    }

    /**
     * The body without what may differ: the bits of a disk that never had data, all set in the metadata that drbdmeta makes and
     * clear in ours, the flag of an inconsistent disk, which DRBD 8.4 leaves out where the state tells it anyway, whether the
     * sender of a first state already knows that it is connected, and whether the target's disk, which is not UpToDate, is
     * called Outdated or Consistent.
     */
    private static byte[] essence(Packet packet) {
        byte[] body = bodyOf(packet);
        ByteBuffer out = ByteBuffer.wrap(body);
        if (packet.command() == Packet.UUIDS) {
            if (out.getLong(0) == Identifiers.JUST_CREATED || out.getLong(8) == Identifiers.JUST_CREATED) {
                out.putLong(32, 0);
            }
            for (int at = 8; at < 32; at += 8) {
                out.putLong(at, Identifiers.special(at, out.getLong(at)));
            }
            out.putLong(40, out.getLong(40) & ~INCONSISTENT);
        }
        if (packet.command() == Packet.STATE && new StateWord(out.getInt(0)).conn() == WAITS_FOR_CONNECTION) {
            out.putInt(0, out.getInt(0) ^ (WAITS_FOR_CONNECTION ^ REPORTS_PARAMETERS) << 4);
        }
        if (packet.command() == Packet.STATE && new StateWord(out.getInt(0)).pdsk() == OUTDATED) {
            out.putInt(0, new StateWord(out.getInt(0)).withPdsk(CONSISTENT).bits());
        }
        return body;
    }

    /** Identifiers that are the same as before change nothing for who hears them. */
    private boolean isSaidAgain(Packet sent) {
        return identifiersSaid != null && identifiers.tellTheSame(identifiersSaid, sent);
    }

    private static boolean isOwn(Packet recorded) {
        return OWN_SETTINGS.contains(recorded.command())
                || recorded.command() == Packet.AUTH_CHALLENGE
                || recorded.command() == Packet.AUTH_RESPONSE;
    }

    /**
     * A state that tells no news need not be told: the same once more, or of a volume right behind the new role of its node.
     * More states than were recorded may come in between: how many changes one packet tells is a matter of timing.
     */
    private void state(Packet recorded) throws InterruptedException {
        if ((justSaid && recorded.volume() == volumeSaid && Arrays.equals(essence(recorded), stateSaid))
                || (roleSaid && recorded.volume() == 0)) {
            roleSaid = false;
            return;
        }
        roleSaid = recorded.volume() < 0;
        stateSaid = roleSaid ? stateSaid : essence(recorded);
        volumeSaid = roleSaid ? volumeSaid : recorded.volume();
        while (true) {
            Packet sent = states.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (sent == null) {
                throw different(recorded, null, "no such state; others: " + moreStates);
            }
            if (recorded.volume() == sent.volume() && Arrays.equals(essence(recorded), essence(sent))) {
                return;
            }
            moreStates.add(text(sent));
        }
    }

    private AssertionError different(Packet recorded, @Nullable Packet sent, String why) {
        List<String> all;
        synchronized (heard) {
            all = List.copyOf(heard);
        }
        return new AssertionError("recorded: " + text(recorded) + "\n    sent: "
                + (sent == null ? "nothing" : text(sent)) + "\n     why: " + why + "\nOur node has sent:\n  "
                + String.join("\n  ", all) + "\n" + node.log());
    }

    /** States that our node sent beside the recorded ones. */
    List<String> moreStates() {
        return moreStates;
    }

    private static byte[] bodyOf(Packet packet) {
        byte[] body = new byte[packet.body().remaining()];
        packet.body().get(body);
        return body;
    }

    private static String text(Packet packet) {
        byte[] body = bodyOf(packet);
        return (packet.volume() > 0 ? packet.volume() + "/" : "")
                + "%02x ".formatted(packet.command())
                + HexFormat.of().formatHex(body, 0, Math.min(body.length, 112))
                + (body.length > 112 ? "…" : "");
    }

    @Override
    public void close() throws IOException {
        data.close();
        control.close();
    }
}
