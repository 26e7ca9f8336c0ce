package io.bsr.core;

import io.bsr.base.port.Timers;
import io.bsr.base.state.Role;
import io.bsr.core.option.NetOptions;
import io.bsr.wire.Agreement;
import io.bsr.wire.ProtocolException;
import io.bsr.wire.ProtocolOffer;
import io.bsr.wire.digest.CramHmac;
import io.bsr.wire.digest.DigestAlgorithm;
import io.bsr.wire.packet.AuthChallenge;
import io.bsr.wire.packet.AuthResponse;
import io.bsr.wire.packet.ConnectionFeatures;
import io.bsr.wire.packet.NodeFeatures;
import io.bsr.wire.packet.Protocol;
import io.bsr.wire.packet.ProtocolSettings;
import io.bsr.wire.packet.SessionPacket;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * From two fresh streams to a connection of the cluster (wire-protocol reference, sections 4 and 7.8):
 *
 * <pre>
 *   FEATURES ─▶ NODE (features again on control, node name on data) ─▶ [AUTHENTICATION] ─▶ PARAMETERS ─▶ AGREEMENT
 *                                                                          two-phase commit "connect" ┘
 * </pre>
 *
 * Both nodes run it alike; only the last step is begun by the node with the lower id. With DRBD 8.4 there is neither NODE
 * nor AGREEMENT.
 */
final class Handshake {
    private static final long TENTH = 100_000_000L;

    private enum Step {
        FEATURES("its features"),
        NODE("its features on the control stream"),
        CHALLENGE("its challenge"),
        RESPONSE("its answer to the challenge"),
        PARAMETERS("its parameters"),
        AGREEMENT("the cluster-wide agreement to connect"),
        ENDED("");

        private final String waitsFor;

        Step(String waitsFor) {
            this.waitsFor = waitsFor;
        }
    }

    private final Session session;
    private final Connection connection;
    private final Resource resource;
    private final NetOptions options;
    private final Parameters parameters;
    private Step step = Step.FEATURES;
    private Timers.@Nullable Timer deadline;
    private Timers.@Nullable Timer retry;
    private boolean controlFeatures;
    private boolean nodeFeatures;
    private @Nullable CramHmac hmac;
    private @Nullable DataReceiver dataReceiver;
    private @Nullable ControlReceiver controlReceiver;
    private @Nullable KeepAlive keepAlive;

    Handshake(Session session, Resource resource) {
        this.session = session;
        this.connection = session.connection;
        this.resource = resource;
        this.options = connection.options();
        parameters = new Parameters(connection);
    }

    String waitsFor() {
        return "the peer to send " + step.waitsFor;
    }

    void start(DataReceiver data, ControlReceiver control, KeepAlive alive) {
        dataReceiver = data;
        controlReceiver = control;
        keepAlive = alive;
        armDeadline();
        session.send(0, features());
    }

    private ConnectionFeatures features() {
        boolean named = session.protocol.namesNodes();
        return new ConnectionFeatures(
                offer(),
                named ? resource.nodeId().value() : 0,
                named ? connection.peer().value() : 0);
    }

    private ProtocolOffer offer() {
        return session.protocol.offer(connection.digests().integrity() != null);
    }

    void ended() {
        step = Step.ENDED;
        if (deadline != null) {
            deadline.cancel();
        }
        if (retry != null) {
            retry.cancel();
        }
    }

    private void next(Step following) {
        step = following;
        armDeadline();
    }

    private void armDeadline() {
        if (deadline != null) {
            deadline.cancel();
        }
        long tenths = Math.max(4L * options.socketCheckTimeout(), 20);
        if (step == Step.AGREEMENT) {
            tenths += 2L * resource.options().twoPhaseTimeout();
        }
        long deadlineTenths = tenths;
        long timeout = tenths * TENTH;
        deadline = resource.timers().schedule(timeout, () -> {
            if (session.alive) {
                connection.failAndRetry(
                        "the peer did not send " + step.waitsFor + " within " + deadlineTenths / 10.0 + " s");
            }
        });
    }

    /** A packet of the handshake on the data stream. */
    void onData(SessionPacket packet) throws ProtocolException {
        switch (packet) {
            case ConnectionFeatures f when step == Step.FEATURES -> onFeatures(f);
            case NodeFeatures ignored
            when step == Step.NODE && !nodeFeatures -> {
                nodeFeatures = true;
                nodeKnown();
            }
            case AuthChallenge c when step == Step.CHALLENGE -> onChallenge(c);
            case AuthResponse r when step == Step.RESPONSE -> onResponse(r);
            case Protocol p when step == Step.PARAMETERS -> onProtocol(p.settings());
            case AuthChallenge ignored
            when step == Step.PARAMETERS ->
                connection.giveUp("the peer wants authentication (cram-hmac-alg), which is not configured here");
            case Protocol ignored
            when step == Step.CHALLENGE ->
                connection.giveUp(
                        "the peer does not authenticate itself: cram-hmac-alg is configured here and not there");
            default -> connection.failAndRetry(packet.type() + " arrived while waiting for " + step.waitsFor);
        }
    }

    /** A packet of the handshake on the control stream. */
    void onControl(SessionPacket packet) {
        if (packet instanceof ConnectionFeatures f && step == Step.NODE && !controlFeatures) {
            if (f.receiverNodeId() != resource.nodeId().value()) {
                connection.failAndRetry("the control stream leads to a node that expects node-id " + f.receiverNodeId()
                        + ", this one is " + resource.nodeId());
                return;
            }
            controlFeatures = true;
            nodeKnown();
        } else {
            connection.failAndRetry(packet.type() + " arrived on the control stream during the handshake");
        }
    }

    private void onFeatures(ConnectionFeatures f) {
        ProtocolOffer offer = offer();
        Agreement agreed;
        try {
            agreed = Agreement.between(offer, f.offer());
        } catch (ProtocolException e) {
            boolean peerIsNewer = f.offer().oldest() > offer.newest();
            connection.giveUp(e.what() + ": " + e.why() + ". The peer counts as " + options.peerFamily()
                    + " (net option peer-family); if that is right, upgrade "
                    + (peerIsNewer ? "this node" : "the peer"));
            return;
        }
        String insufficient = session.protocol.insufficient(agreed);
        if (insufficient != null) {
            connection.giveUp(insufficient + ": upgrade it");
            return;
        }
        if (!session.protocol.matches(f, connection)) {
            connection.failAndRetry("node ids do not match: the peer is " + f.senderNodeId() + " and expects "
                    + f.receiverNodeId() + "; configured are " + connection.peer() + " there and "
                    + resource.nodeId() + " here");
            return;
        }
        session.agreed = agreed;
        Objects.requireNonNull(dataReceiver).agree(agreed);
        Objects.requireNonNull(controlReceiver).agree(agreed);
        if (session.protocol.namesNodes()) {
            next(Step.NODE);
            session.sendControl(features());
            session.send(new NodeFeatures(resource.options().nodeName()));
            session.control.resumeReading();
        } else {
            session.control.resumeReading();
            authenticate();
        }
    }

    /** The peer may be a step ahead on the data stream while its control stream is slow: what it sends has to wait. */
    boolean holdsData() {
        return step == Step.NODE && nodeFeatures && !controlFeatures;
    }

    private void nodeKnown() {
        if (!nodeFeatures) {
            return;
        }
        if (!controlFeatures) {
            session.data.pauseReading();
            return;
        }
        session.data.resumeReading();
        authenticate();
    }

    private void authenticate() {
        if (options.hmacAlgorithm().isEmpty()) {
            sendParameters();
            return;
        }
        DigestAlgorithm algorithm = DigestAlgorithm.ofName(options.hmacAlgorithm());
        if (algorithm == null || !algorithm.isKeyed()) {
            connection.giveUp("cram-hmac-alg " + options.hmacAlgorithm() + " is not known here; known are "
                    + String.join(", ", DigestAlgorithm.names(true)));
            return;
        }
        CramHmac made =
                new CramHmac(algorithm, options.sharedSecret().getBytes(StandardCharsets.UTF_8), session.agreed);
        hmac = made;
        next(Step.CHALLENGE);
        session.send(made.challenge(resource.entropy()));
    }

    private void onChallenge(AuthChallenge challenge) {
        CramHmac made = Objects.requireNonNull(hmac);
        if (made.isReflected(challenge)) {
            connection.giveUp("the peer sent our own challenge back: somebody reflects this connection");
            return;
        }
        next(Step.RESPONSE);
        session.send(made.respond(challenge, resource.nodeId().value()));
    }

    private void onResponse(AuthResponse response) {
        CramHmac made = Objects.requireNonNull(hmac);
        switch (made.check(response, connection.peer().value())) {
            case GENUINE -> {
                made.close();
                resource.log(
                        Events.Level.INFO, connection.label(), "peer authenticated with " + options.hmacAlgorithm());
                sendParameters();
            }
            case WRONG_LENGTH -> connection.failAndRetry("the peer's answer to the challenge has the wrong length");
            case WRONG_SECRET -> connection.giveUp("authentication failed: the shared-secret differs on the two nodes");
        }
    }

    private void sendParameters() {
        next(Step.PARAMETERS);
        session.send(new Protocol(parameters.mine()));
    }

    private void onProtocol(ProtocolSettings theirs) {
        String different = parameters.differences(theirs);
        if (!different.isEmpty()) {
            connection.giveUp("the two nodes are configured differently: " + different.strip());
            return;
        }
        session.outgoingDigest = Connection.digest(connection.digests().integrity());
        session.incomingDigest = Connection.digest(connection.digests().integrity());
        Objects.requireNonNull(keepAlive).start();
        if (session.protocol.agreesToConnect()) {
            next(Step.AGREEMENT);
            beginAgreement();
        } else {
            connection.connected(Role.UNKNOWN);
        }
    }

    // ------------------------------------------------------------------------------------------------ agreement

    /** True while this node is ready to agree to the connection: it can tell what it has, for that is on its disks. */
    boolean awaitsAgreement() {
        return step == Step.AGREEMENT && !resource.storing();
    }

    private void beginAgreement() {
        if (!session.alive
                || step != Step.AGREEMENT
                || resource.nodeId().value() > connection.peer().value()) {
            return;
        }
        if (resource.storing()) {
            retry = resource.timers().schedule(TENTH / 2, this::beginAgreement);
            return;
        }
        resource.clusterChange().connect(session, result -> {
            if (!session.alive || step != Step.AGREEMENT) {
                return;
            }
            switch (result.code()) {
                case SUCCESS -> connection.connected(result.primary(connection.peer()) ? Role.PRIMARY : Role.SECONDARY);
                case TWO_PRIMARIES -> {
                    resource.happened(new Happening.HandlerDue(
                            "split-brain", connection.peer().value(), Happening.NONE));
                    connection.giveUp(twoPrimaries(), ConnectionError.SPLIT_BRAIN);
                }
                case CONCURRENT_STATE_CHANGE, TIMEOUT, IN_TRANSIENT_STATE -> {
                    long pause = TENTH / 2 + resource.entropy().nextInt((int) TENTH);
                    retry = resource.timers().schedule(pause, this::beginAgreement);
                }
                default ->
                    connection.failAndRetry(
                            "the peer refused to connect: " + result.code().text());
            }
        });
    }

    static String twoPrimaries() {
        return "split brain: both nodes are Primary. Demote the one whose changes are to be discarded,"
                + " and connect it with discard-my-data";
    }
}
