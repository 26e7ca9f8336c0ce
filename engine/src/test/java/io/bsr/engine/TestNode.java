package io.bsr.engine;

import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;
import io.bsr.base.port.Endpoint;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.EngineFiles;
import io.bsr.control.command.Command;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.StatusReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;

/** One node as an administrator handles it, through the control socket of its engine. */
final class TestNode implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    final EngineFiles files;
    final String name;
    private final ControlClient client;

    TestNode(Path root, String name) throws ControlException {
        this.files = new EngineFiles(root);
        this.name = name;
        this.client = ControlClient.connect(files);
    }

    Outcome run(Command command) throws ControlException {
        return client.run(command);
    }

    /** Carries out commands that must succeed. */
    TestNode does(Command... commands) throws ControlException {
        for (Command command : commands) {
            Outcome outcome = run(command);
            if (!outcome.success()) {
                throw new AssertionError(name + ": " + command + " ended with " + outcome);
            }
        }
        return this;
    }

    ErrorCode code(Command command) throws ControlException {
        return run(command).code();
    }

    /** Resource r0 with volume 0 as minor 0, one peer, not yet connected. */
    void up(Path disk, int self, int peer, String peerName, int ownPort, int peerPort) throws ControlException {
        does(
                new Command.NewResource("r0", self, Map.of()),
                new Command.NodeOptions("r0", true, Map.of("node-name", name)),
                new Command.NewMinor("r0", 0, 0, Map.of()),
                new Command.NewPeer(
                        "r0",
                        peer,
                        Map.of(
                                "_name", peerName,
                                "peer-node-name", peerName,
                                "protocol", "C",
                                "cram-hmac-alg", "sha256",
                                "shared-secret", "x",
                                "connect-int", "1",
                                "ping-int", "1")),
                new Command.NewPath(
                        "r0", peer, Endpoint.ipv4("127.0.0.1", ownPort), Endpoint.ipv4("127.0.0.1", peerPort)),
                new Command.PeerDeviceOptions(
                        "r0", peer, 0, false, Map.of("c-plan-ahead", "0", "resync-rate", "1048576")),
                attach(disk));
    }

    static Command.Attach attach(Path disk) {
        return attachTo(0, disk);
    }

    static Command.Attach attachTo(int minor, Path disk) {
        return new Command.Attach(minor, disk.toString(), disk.toString(), "internal", Map.of());
    }

    StatusReport status() throws ControlException {
        return client.status();
    }

    ResourceStatus r0() throws ControlException {
        return status().resources().getFirst();
    }

    /** Waits until the status of r0 is as wanted; bounded. */
    void await(String what, Predicate<ResourceStatus> wanted) throws ControlException {
        long deadline = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
        try (ControlClient events = ControlClient.connect(files)) {
            events.subscribe(new Command.Events("r0", false));
            while (!wanted.test(r0())) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError(name + " waits in vain for: " + what + "; it is " + status());
                }
                events.nextEvent(Duration.ofMillis(200));
            }
        }
    }

    Path nbdSocket() {
        return files.nbdSocket();
    }

    @Override
    public void close() {
        client.close();
    }
}
