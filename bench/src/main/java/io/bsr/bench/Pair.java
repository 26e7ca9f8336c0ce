package io.bsr.bench;

import io.bsr.base.error.Outcome;
import io.bsr.base.port.Endpoint;
import io.bsr.base.state.DiskState;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.EngineFiles;
import io.bsr.control.command.Command;
import io.bsr.control.status.StatusReport;
import io.bsr.engine.Engine;
import io.bsr.engine.EngineOptions;
import io.bsr.engine.StartException;
import io.bsr.loop.LoopKind;
import io.bsr.metadata.ActivityLogRing;
import io.bsr.metadata.MetadataException;
import io.bsr.metadata.MetadataLayout;
import io.bsr.metadata.Placement;
import io.bsr.metadata.tool.Consent;
import io.bsr.metadata.tool.CreateMetadata;
import io.bsr.metadata.tool.FileMetadataDevice;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Two engines in this process with one volume, connected, in sync, the first one Primary. */
final class Pair implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final Engine alpha;
    private final Engine beta;
    private final EngineFiles alphaFiles;

    private Pair(Path folder, Engine alpha, Engine beta) {
        this.folder = folder;
        this.alpha = alpha;
        this.beta = beta;
        this.alphaFiles = new EngineFiles(folder.resolve("alpha"));
    }

    /**
     * Starts both below a temporary folder, in memory where the system has a folder for that.
     *
     * @param protocol A, B or C
     * @param diskBytes size of both disks, with their metadata
     */
    static Pair start(String protocol, long diskBytes)
            throws IOException, StartException, MetadataException, ControlException {
        Path memory = Path.of("/dev/shm");
        Path folder = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "bsr-jmh")
                : Files.createTempDirectory("bsr-jmh");
        int alphaPort = freePort();
        int betaPort = freePort();
        Pair pair = new Pair(folder, engine(folder, "alpha"), engine(folder, "beta"));
        disk(folder.resolve("alpha.disk"), diskBytes);
        disk(folder.resolve("beta.disk"), diskBytes);
        try (ControlClient first = ControlClient.connect(pair.alphaFiles);
                ControlClient second = ControlClient.connect(new EngineFiles(folder.resolve("beta")))) {
            up(first, folder.resolve("alpha.disk"), protocol, 0, alphaPort, betaPort);
            up(second, folder.resolve("beta.disk"), protocol, 1, betaPort, alphaPort);
            must(first, new Command.Primary("r0", true));
            awaitSync(first);
        }
        return pair;
    }

    Path nbdSocket() {
        return alphaFiles.nbdSocket();
    }

    private static Engine engine(Path folder, String name) throws StartException {
        return Engine.start(new EngineOptions(folder.resolve(name), name, LoopKind.AUTO, 1, List.of(), false));
    }

    private static void up(ControlClient node, Path disk, String protocol, int self, int ownPort, int peerPort)
            throws ControlException {
        int peer = 1 - self;
        must(node, new Command.NewResource("r0", self, Map.of()));
        must(node, new Command.NewMinor("r0", 0, 0, Map.of()));
        must(node, new Command.NewPeer("r0", peer, Map.of("_name", "peer", "protocol", protocol)));
        must(
                node,
                new Command.NewPath(
                        "r0", peer, Endpoint.ipv4("127.0.0.1", ownPort), Endpoint.ipv4("127.0.0.1", peerPort)));
        must(
                node,
                new Command.PeerDeviceOptions(
                        "r0", peer, 0, false, Map.of("c-plan-ahead", "0", "resync-rate", "4194304")));
        must(node, new Command.Attach(0, disk.toString(), disk.toString(), "internal", Map.of()));
        must(node, new Command.Connect("r0", peer, false, false));
    }

    private static void must(ControlClient node, Command command) throws ControlException {
        Outcome outcome = node.run(command);
        if (!outcome.success()) {
            throw new IllegalStateException(command + " ended with " + outcome);
        }
    }

    private static void awaitSync(ControlClient node) throws ControlException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!inSync(node.status())) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no sync within " + PATIENCE + ": " + node.status());
            }
            Thread.onSpinWait();
        }
    }

    private static boolean inSync(StatusReport report) {
        return report.resources().getFirst().connections().getFirst().peerDevices().stream()
                .allMatch(peer -> peer.peerDisk() == DiskState.UP_TO_DATE);
    }

    private static void disk(Path path, long bytes) throws IOException, MetadataException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
        }
        try (FileMetadataDevice device = FileMetadataDevice.open(
                path, EnumSet.of(FileMetadataDevice.Option.WRITE, FileMetadataDevice.Option.PLAIN_FILE))) {
            MetadataLayout layout =
                    MetadataLayout.forDevice(new Placement.Internal(), device.size(), 1, ActivityLogRing.DEFAULT);
            CreateMetadata.create(device, layout, path.hashCode(), 0, EnumSet.allOf(Consent.class));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        alpha.stop();
        beta.stop();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
