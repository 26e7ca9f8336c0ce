package io.bsr.demo;

import io.bsr.base.state.ConnectionState;
import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.control.event.Progress;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.demo.failure.DemoException;
import io.bsr.demo.nbd.Disks;
import io.bsr.demo.nbd.KnownData;
import io.bsr.demo.nbd.Writer;
import io.bsr.demo.node.Node;
import io.bsr.demo.node.Node.State;
import io.bsr.demo.node.Programs;
import io.bsr.demo.screen.Screen;
import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The story: build up, write, crash, resync, switch over, compare. */
final class Scenario implements AutoCloseable {
    private static final String EXPORT = Node.RESOURCE + "/0";
    private static final int PIECE_BLOCKS = 64;
    private static final int SECTOR_BYTES = 512;
    private static final long SYNC_SECONDS = 40;
    private static final long STATE_SECONDS = 20;
    private static final long POLL_MILLIS = 20;
    private static final long BEFORE_CRASH_MILLIS = 700;
    private static final long AFTER_CRASH_MILLIS = 1200;

    /** Written before the crash, as a part of the volume. */
    private static final int FILLED_PART = 4;
    /** The application's working set, likewise: it is written to during the crash. */
    private static final int BUSY_PART = 8;

    private final Screen screen;
    private final long diskBytes;
    private final Node alpha;
    private final Node beta;

    /**
     * @param root an empty folder
     * @param diskBytes size of the backing files
     */
    Scenario(Path root, long diskBytes, Programs programs, Screen screen) {
        this.screen = screen;
        this.diskBytes = diskBytes;
        alpha = new Node("alpha", root.resolve("alpha"), programs);
        beta = new Node("beta", root.resolve("beta"), programs);
    }

    Node alpha() {
        return alpha;
    }

    Node beta() {
        return beta;
    }

    /** Plays everything; returns whether the comparison held. */
    boolean play() throws DemoException, IOException {
        prepare();
        bringUp();
        initialSync();
        KnownData data = new KnownData(volumeBytes());
        fill(data);
        crash(data);
        resync(data);
        switchRoles(data);
        return compare(data);
    }

    private void prepare() throws DemoException, IOException {
        screen.heading("Two nodes on this machine, no root rights, no kernel module");
        String configuration = configuration(freePort(), freePort());
        alpha.prepare(diskBytes, configuration);
        beta.prepare(diskBytes, configuration);
        both(node -> {
            node.start();
            return "";
        });
        for (Node node : List.of(alpha, beta)) {
            screen.say(String.format("%-6s bsrd %d  %s", node.name(), node.pid(), node.root()));
        }
        screen.say("one volume of " + (diskBytes >> 20) + " MiB on files, protocol C, internal metadata");
    }

    private String configuration(int alphaPort, int betaPort) {
        return """
                resource %s {
                    net {
                        protocol C;
                        ping-int 1;
                        connect-int 1;
                    }
                    disk {
                        c-max-rate 1024M;
                        c-min-rate 64M;
                        c-fill-target 8M;
                        resync-rate 512M;
                    }
                    on alpha {
                        node-id 0;
                        address 127.0.0.1:%d;
                        volume 0 { device minor 0; disk %s; meta-disk internal; }
                    }
                    on beta {
                        node-id 1;
                        address 127.0.0.1:%d;
                        volume 0 { device minor 0; disk %s; meta-disk internal; }
                    }
                }
                """.formatted(Node.RESOURCE, alphaPort, quoted(alpha.disk()), betaPort, quoted(beta.disk()));
    }

    private static String quoted(Path path) {
        return "\"" + path + "\"";
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void bringUp() throws DemoException {
        screen.heading("Create metadata and bring the resource up, on both nodes");
        String created = both(node -> node.type("bsradm", "create-md", Node.RESOURCE));
        screen.command("alpha", "bsradm create-md r0", created);
        both(node -> node.type("bsradm", "up", Node.RESOURCE));
        screen.command("alpha", "bsradm up r0", "");
        await(
                alpha,
                "alpha and beta to connect",
                STATE_SECONDS,
                s -> s.connection().state() == ConnectionState.CONNECTED);
        status(alpha, "connected, and nobody has good data yet");
    }

    private void initialSync() throws DemoException {
        screen.heading("Make alpha Primary: its data is the good one, and goes to beta");
        screen.command("alpha", "bsradm primary --force r0", alpha.type("bsradm", "primary", "--force", Node.RESOURCE));
        long begin = System.nanoTime();
        follow(alpha, "initial sync", s -> peerDisk(s) == DiskState.UP_TO_DATE && established(s));
        long sent =
                alpha.state().flatMap(State::peer).map(PeerDeviceStatus::sent).orElse(0L) * SECTOR_BYTES;
        screen.done("initial sync: " + Screen.mib(sent) + " in " + seconds(begin));
        status(alpha, "both disks are UpToDate");
    }

    private long volumeBytes() throws DemoException {
        return state(alpha).volume().size() * SECTOR_BYTES / KnownData.BLOCK_BYTES * KnownData.BLOCK_BYTES;
    }

    private void fill(KnownData data) throws DemoException, IOException {
        screen.heading("Write real data through NBD");
        long begin = System.nanoTime();
        int blocks = data.blocks() / FILLED_PART / PIECE_BLOCKS * PIECE_BLOCKS;
        byte[] buffer = new byte[PIECE_BLOCKS * KnownData.BLOCK_BYTES];
        try (ExportClient nbd = ExportClient.open(alpha.files().nbdSocket(), EXPORT)) {
            for (int block = 0; block < blocks; block += PIECE_BLOCKS) {
                data.renew(block, PIECE_BLOCKS, buffer);
                nbd.submitWrite((long) block * KnownData.BLOCK_BYTES, buffer, buffer.length);
                long kib = (long) (block + PIECE_BLOCKS) * KnownData.BLOCK_BYTES / 1024;
                double elapsed = Math.max(1e-3, (System.nanoTime() - begin) / 1e9);
                screen.progress("writing     ", 100.0 * (block + PIECE_BLOCKS) / blocks, (long) (kib / elapsed), "");
            }
            nbd.flush();
        }
        screen.done(Screen.mib((long) blocks * KnownData.BLOCK_BYTES) + " written to both nodes in " + seconds(begin));
    }

    private void crash(KnownData data) throws DemoException {
        screen.heading("Kill beta with SIGKILL while an application writes");
        int busy = data.blocks() / BUSY_PART;
        try (Writer writer = new Writer(alpha.files().nbdSocket(), EXPORT, data, data.blocks() / 2, busy)) {
            sleep(BEFORE_CRASH_MILLIS);
            long before = writer.written();
            screen.command("host", "kill -KILL " + beta.pid() + "   # beta", "");
            beta.kill();
            await(alpha, "alpha to notice", STATE_SECONDS, s -> s.connection().state() != ConnectionState.CONNECTED);
            sleep(AFTER_CRASH_MILLIS);
            writer.finish();
            screen.good("the application has noticed nothing: " + Screen.mib(before) + " written before the crash, "
                    + Screen.mib(writer.written() - before) + " after it");
        }
        status(alpha, "alpha goes on alone and remembers what beta lacks");
    }

    private void resync(KnownData data) throws DemoException {
        screen.heading("Start beta again: only what it lacks travels");
        long outOfSync = peer(alpha).outOfSync() * SECTOR_BYTES;
        beta.start();
        long begin = System.nanoTime();
        screen.command("beta", "bsradm up r0", beta.type("bsradm", "up", Node.RESOURCE));
        follow(
                alpha,
                "resync      ",
                s -> s.connection().state() == ConnectionState.CONNECTED
                        && peerDisk(s) == DiskState.UP_TO_DATE
                        && established(s)
                        && s.peer().map(p -> p.outOfSync() == 0).orElse(false));
        screen.done("beta is UpToDate again, " + seconds(begin) + " after its start");
        long received = peer(beta).received() * SECTOR_BYTES;
        long volume = (long) data.blocks() * KnownData.BLOCK_BYTES;
        screen.table(List.of(
                new String[] {"out of sync on alpha before", Screen.kib(outOfSync)},
                new String[] {"received by beta", Screen.kib(received)},
                new String[] {
                    "the whole volume",
                    Screen.kib(volume),
                    String.format(Locale.ROOT, "%.1f %% of it travelled", 100.0 * received / volume)
                }));
        if (received == 0 || received > volume / 2) {
            throw new DemoException("The resync was to send what was out of sync, and not " + Screen.kib(received)
                    + " of " + Screen.kib(volume) + ".");
        }
        status(beta, "as before the crash");
    }

    private void switchRoles(KnownData data) throws DemoException, IOException {
        screen.heading("Switch roles: beta takes over, and is written to");
        screen.command("alpha", "bsradm secondary r0", alpha.type("bsradm", "secondary", Node.RESOURCE));
        screen.command("beta", "bsradm primary r0", beta.type("bsradm", "primary", Node.RESOURCE));
        byte[] buffer = new byte[PIECE_BLOCKS * KnownData.BLOCK_BYTES];
        byte[] read = new byte[buffer.length];
        try (ExportClient nbd = ExportClient.open(beta.files().nbdSocket(), EXPORT)) {
            int first = data.blocks() / 2;
            nbd.read((long) first * KnownData.BLOCK_BYTES, read, read.length);
            data.expected(first, PIECE_BLOCKS, buffer);
            if (!Arrays.equals(read, buffer)) {
                throw new DemoException("Beta reads something else than what was written to alpha.");
            }
            int written = Math.min(4 * PIECE_BLOCKS, data.blocks() / FILLED_PART);
            for (int block = 0; block + PIECE_BLOCKS <= written; block += PIECE_BLOCKS) {
                data.renew(block, PIECE_BLOCKS, buffer);
                nbd.submitWrite((long) block * KnownData.BLOCK_BYTES, buffer, buffer.length);
            }
            nbd.flush();
        }
        screen.good("what was written to alpha is read from beta; new data goes to alpha");
        status(beta, "beta is Primary now");
    }

    private boolean compare(KnownData data) throws DemoException, IOException {
        screen.heading("Compare both disks byte by byte");
        await(beta, "both disks to agree", STATE_SECONDS, s -> peer(s).map(p -> p.outOfSync() == 0)
                .orElse(false));
        Disks.Result result = Disks.compare(alpha.disk(), beta.disk(), data);
        screen.table(List.of(
                new String[] {"compared", Screen.kib(result.bytes())},
                new String[] {"of this written", Screen.kib((long) data.writtenBlocks() * KnownData.BLOCK_BYTES)},
                new String[] {"different between alpha and beta", result.betweenNodes() + " bytes"},
                new String[] {"different from what was written", result.fromWritten() + " bytes"}));
        if (result.same()) {
            screen.good("both disks hold exactly what was written");
        } else {
            screen.bad("the disks differ");
        }
        return result.same();
    }

    private static Optional<PeerDeviceStatus> peer(State state) {
        return state.peer();
    }

    private static PeerDeviceStatus peer(Node node) throws DemoException {
        return state(node).peer().orElseThrow(() -> new DemoException(node.name() + " has no peer."));
    }

    private static State state(Node node) throws DemoException {
        return node.state().orElseThrow(() -> new DemoException("bsrd of " + node.name() + " does not answer."));
    }

    private static DiskState peerDisk(State state) {
        return state.peer().map(PeerDeviceStatus::peerDisk).orElse(DiskState.UNKNOWN);
    }

    private static boolean established(State state) {
        return state.peer().map(PeerDeviceStatus::replication).orElse(ReplicationState.OFF)
                == ReplicationState.ESTABLISHED;
    }

    /** What an administrator sees now. */
    private void status(Node node, String why) throws DemoException {
        String[] words = screen.terminal()
                ? new String[] {"status", "--color=always", Node.RESOURCE}
                : new String[] {"status", Node.RESOURCE};
        // bsradm hands no colour on to a pipe; it runs this very command.
        String text = node.type(screen.terminal() ? "bsrsetup" : "bsradm", words);
        screen.command(node.name(), "bsradm status r0   # " + why, text);
    }

    private void follow(Node node, String what, Predicate<State> until) throws DemoException {
        await(node, what.strip(), SYNC_SECONDS, state -> {
            boolean done = until.test(state);
            if (!done) {
                state.peer()
                        .map(Progress::of)
                        .filter(Progress::running)
                        .ifPresent(progress -> screen.progress(
                                what, Double.parseDouble(progress.done()), progress.kibPerSecond(), progress.eta()));
            }
            return done;
        });
    }

    private void await(Node node, String what, long seconds, Predicate<State> until) throws DemoException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!node.state().map(until::test).orElse(false)) {
            if (System.nanoTime() - end > 0) {
                throw new DemoException("Waiting for " + what + " took more than " + seconds + " s.\n"
                        + node.type("bsrsetup", "status", "--verbose", "--statistics") + "Log: "
                        + node.files().logFile());
            }
            sleep(POLL_MILLIS);
        }
    }

    private static void sleep(long millis) throws DemoException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted", e);
        }
    }

    private static String seconds(long begin) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - begin) / 1e9);
    }

    /** What is done to a node. */
    @FunctionalInterface
    private interface Action {
        String on(Node node) throws DemoException;
    }

    /** On both nodes at once; returns what alpha's printed. */
    private String both(Action action) throws DemoException {
        Callable<String> other = () -> action.on(beta);
        FutureTask<String> task = new FutureTask<>(other);
        Thread.ofPlatform().daemon(true).name("beta").start(task);
        String text = action.on(alpha);
        try {
            task.get();
            return text;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof DemoException failed ? failed : new DemoException("beta", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted", e);
        }
    }

    /** Takes the resource down on both nodes and ends the engines in order. */
    void takeDown() throws DemoException {
        screen.heading("Take everything down");
        both(node -> node.type("bsradm", "down", Node.RESOURCE));
        both(node -> {
            node.stop();
            return "";
        });
        screen.good("both engines have ended");
    }

    /** Ends the engines, however. */
    @Override
    public void close() {
        alpha.close();
        beta.close();
    }
}
