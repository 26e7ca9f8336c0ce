package io.bsr.conformance;

import io.bsr.base.state.ConnectionState;
import io.bsr.control.ControlClient;
import io.bsr.control.ControlException;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import io.bsr.frontend.nbd.ExportClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One engine of ours, node {@code java}, and one kernel node, with a resource of one or more volumes. */
final class LivePair implements AutoCloseable {
    private static final long[] DISK_BYTES = {20L << 20, 6L << 20};
    private static final String NET = "ping-int 2; connect-int 1; ";

    private final Path folder;
    private final Node node;
    private final KernelNode kernel;
    private final boolean oursPrimary;
    private final int port = Pair.freePort();
    private final int nbdPort = Pair.freePort();
    /** Where a link has its own speed: the ways to the kernel's node and to ours. */
    private final List<SlowLink> links = new ArrayList<>();

    private int volumes = 1;
    private String kernelNet = "";

    LivePair(Path folder, KernelNode kernel, boolean oursPrimary) throws IOException {
        this.folder = folder;
        this.kernel = kernel;
        this.oursPrimary = oursPrimary;
        node = new Node("java", folder.resolve("java"));
    }

    Node node() {
        return node;
    }

    KernelNode kernel() {
        return kernel;
    }

    /** Where our node offers its volumes; the virtual machine sees this machine as 10.0.2.2. */
    int nbdPort() {
        return nbdPort;
    }

    /** True if our node is (first) the Primary in this row. */
    boolean oursPrimary() {
        return oursPrimary;
    }

    // ------------------------------------------------------------------------------------------------ configuration

    void configureOurs(String net) throws IOException {
        StringBuilder here = new StringBuilder();
        StringBuilder there = new StringBuilder();
        for (int v = 0; v < volumes; v++) {
            String head = "volume %d { device /dev/bsr%d minor %d; ".formatted(v, v, v);
            here.append(head).append("disk \"").append(disk(v)).append("\"; meta-disk internal; } ");
            there.append(head).append("disk \"/dev/elsewhere").append(v).append("\"; meta-disk internal; } ");
        }
        node.configure("""
                resource r0 {
                    net { %s peer-family drbd84; %s }
                    disk { c-plan-ahead 0; resync-rate 200M; c-max-rate 400M; }
                    on java { node-id 0; address 127.0.0.1:%d; %s }
                    on n1 { node-id 1; address 127.0.0.1:%d; %s }
                }
                """.formatted(
                        NET,
                        net,
                        port,
                        here,
                        links.isEmpty() ? kernel.port() : links.get(0).port(),
                        there));
    }

    void configureKernel(String net) throws IOException {
        kernelNet = net;
        kernel.configure(
                NET + net, volumes, links.isEmpty() ? port : links.get(1).port());
    }

    /** Lets all that the two nodes send take a way whose speed can be set; before they are configured. */
    void linkOfSpeed() throws IOException {
        links.add(SlowLink.to(kernel.port()));
        links.add(SlowLink.to(port));
    }

    void linkSpeed(long bytesPerSecond) {
        links.forEach(link -> link.speed(bytesPerSecond));
    }

    private Path disk(int volume) {
        return folder.resolve("disk" + volume + ".img");
    }

    /** Both up with fresh metadata, and connected. */
    void bringUp(String net) throws Exception {
        bringUp(net, 1);
    }

    void bringUp(String net, int count) throws Exception {
        bringUpApart(net, net, count);
        awaitConnected();
    }

    /** Both up with fresh metadata. */
    void bringUpApart(String ours, String kernels, int count) throws Exception {
        volumes = count;
        Files.createDirectories(folder);
        for (int v = 0; v < count; v++) {
            try (var file = new java.io.RandomAccessFile(disk(v).toFile(), "rw")) {
                file.setLength(DISK_BYTES[v]);
            }
        }
        configureOurs(ours);
        configureKernel(kernels);
        startEngine();
        node.must("create-md", Pair.RESOURCE);
        node.must("up", Pair.RESOURCE);
        kernel.create();
    }

    /** As {@link #bringUp}, with the initial sync from the Primary of this row done. */
    void bringUpInSync(String net) throws Exception {
        bringUpInSync(net, 1);
    }

    void bringUpInSync(String net, int count) throws Exception {
        bringUp(net, count);
        if (oursPrimary) {
            node.must("primary", "--force", Pair.RESOURCE);
        } else {
            kernel.must("drbdadm primary --force h0");
        }
        awaitInSync();
    }

    private void startEngine() throws IOException {
        node.start(List.of("--nbd-listen", "127.0.0.1:" + nbdPort));
    }

    /** Our engine has ended. */
    void startOurs() throws IOException {
        startEngine();
        node.must("up", Pair.RESOURCE);
    }

    /** The virtual machine has been started again. */
    void kernelComesBack() throws IOException {
        configureKernel(kernelNet);
        kernel.up();
    }

    // ------------------------------------------------------------------------------------------------ roles

    void promote(boolean ours) throws IOException {
        if (ours) {
            node.must("primary", Pair.RESOURCE);
        } else {
            kernel.must("drbdadm primary h0");
        }
    }

    void demote(boolean ours) throws Exception {
        if (ours) {
            // A client that has just left is still being seen off.
            node.until(
                    "to become Secondary",
                    () -> node.adm("secondary", Pair.RESOURCE).code() == 0);
        } else {
            kernel.must("for i in 1 2 3 4 5 6 7 8 9; do drbdadm secondary h0 && exit 0; sleep 1; done; exit 1");
        }
    }

    void connect(boolean ours, String... options) throws IOException {
        if (ours) {
            String[] words = new String[options.length + 2];
            words[0] = "connect";
            System.arraycopy(options, 0, words, 1, options.length);
            words[words.length - 1] = Pair.RESOURCE;
            node.must(words);
        } else {
            kernel.must(
                    "drbdadm " + (options.length > 0 ? "-- " + String.join(" ", options) + " " : "") + "connect h0");
        }
    }

    void disconnect(boolean ours) throws IOException {
        if (ours) {
            node.must("disconnect", Pair.RESOURCE);
        } else {
            kernel.must("drbdadm disconnect h0");
        }
    }

    // ------------------------------------------------------------------------------------------------ load and waiting

    long bytes(int volume) {
        return volume(resource(), volume).size() * 512;
    }

    /** Writes a good deal on a node, and waits for it. */
    void write(boolean ours, long seed) {
        write(ours, 0, 120, seed);
    }

    void write(boolean ours, int volume, int requests, long seed) {
        LiveLoad.start(ours, node, kernel, volume, bytes(volume), requests, seed)
                .join();
    }

    LiveLoad load(boolean ours, long seed) {
        return LiveLoad.start(ours, node, kernel, 0, bytes(0), Integer.MAX_VALUE, seed);
    }

    /** Writers on a small part of the volume, so that those of two nodes often meet. */
    LiveLoad contestedLoad(boolean ours, long seed) {
        return LiveLoad.start(ours, node, kernel, 0, 6L << 20, Integer.MAX_VALUE, seed);
    }

    /** Writes what is there already to the first bytes of the volume. */
    void writeAgain(boolean ours, int bytes) throws Exception {
        if (ours) {
            try (ExportClient client = node.openVolume()) {
                for (int at = 0; at < bytes; at += 1 << 16) {
                    client.write(at, client.read(at, 1 << 16));
                }
            }
        } else {
            String device = KernelNode.device(0);
            kernel.must("dd if=" + device + " of=" + device + " bs=64k count=" + (bytes >>> 16)
                    + " iflag=direct oflag=direct conv=notrunc 2>/dev/null");
        }
    }

    /** Changes blocks of 4 KiB of the backing disk of volume 0, behind the back of its node. */
    void spoil(boolean ours, long... blocks) throws IOException {
        for (long block : blocks) {
            if (ours) {
                try (var file = new java.io.RandomAccessFile(disk(0).toFile(), "rw")) {
                    file.seek(block * 4096);
                    file.write("spoilt ".repeat(585).getBytes(StandardCharsets.US_ASCII));
                    file.getFD().sync();
                }
            } else {
                kernel.must("yes spoilt | dd of=" + KernelNode.disk(0) + " bs=4k count=1 seek=" + block
                        + " oflag=direct conv=notrunc iflag=fullblock 2>/dev/null");
            }
        }
    }

    /** Gives our disk of volume 0 more room; that of the kernel's node has more already. */
    void enlarge(long more) throws IOException {
        try (var file = new java.io.RandomAccessFile(disk(0).toFile(), "rw")) {
            file.setLength(file.length() + more);
        }
    }

    /** Lets volume 0 take the room that both disks have, and waits until it has that size on both nodes. */
    void resize(boolean ours) throws Exception {
        long before = bytes(0);
        if (ours) {
            node.must("resize", Pair.RESOURCE);
        } else {
            kernel.must("drbdadm resize h0");
        }
        node.until("the volume to grow", () -> bytes(0) > before);
        kernel.must("for i in $(seq 60); do [ $(cat /sys/block/drbd1/size) -eq " + bytes(0) / 512
                + " ] && exit 0; sleep 0.5; done; cat /proc/partitions; exit 1");
    }

    void detach(boolean ours) throws Exception {
        if (ours) {
            node.must("detach", Pair.RESOURCE);
            kernel.await("a peer without its disk", 0, v -> v.peerDisk().equals("Diskless"));
        } else {
            kernel.must("drbdadm detach h0");
            node.await(
                    "a peer without its disk",
                    s -> s.peer().isPresent() && s.peer().get().peerDisk() == io.bsr.base.state.DiskState.DISKLESS);
        }
    }

    void attach(boolean ours) throws IOException {
        if (ours) {
            node.must("attach", Pair.RESOURCE);
        } else {
            kernel.must("drbdadm attach h0");
        }
    }

    /** What users of the kernel's node read of volume 0 is what our disk has. */
    void assertKernelReads() throws Exception {
        String read = kernel.must("dd if=" + KernelNode.device(0) + " bs=4k count=" + bytes(0) / 4096
                        + " iflag=direct 2>/dev/null | sha256sum")
                .substring(0, 64);
        if (!read.equals(DiskComparison.sha256(disk(0), bytes(0)))) {
            throw new AssertionError("the kernel's node reads other data than our disk has");
        }
    }

    /** Compares both disks online, asked for on one of the nodes, and waits for the end. */
    void verify(boolean ours) throws Exception {
        if (ours) {
            node.must("verify", Pair.RESOURCE);
        } else {
            kernel.must("drbdadm verify h0");
        }
        kernel.await("the end of the verify", 0, v -> v.connection().equals("Connected"));
        node.await(
                "the end of the verify",
                s -> s.peer().isPresent()
                        && s.peer().get().replication() == io.bsr.base.state.ReplicationState.ESTABLISHED);
    }

    /** Both nodes have to take so much for different. */
    void assertOutOfSyncKib(long expected) throws Exception {
        long here = node.now().outOfSyncBytes() >>> 10;
        long there = kernel.now(0).outOfSyncKib();
        if (here != expected || there != expected) {
            throw new AssertionError("out of sync: " + here + " KiB here and " + there + " KiB there, not " + expected);
        }
    }

    void awaitConnected() throws Exception {
        node.await("connected", s -> s.isConnected() && s.peer().isPresent());
        kernel.await("connected", 0, v -> v.connection().equals("Connected"));
    }

    void awaitOurs(ConnectionState state) {
        node.await(state.name(), s -> s.is(state));
    }

    void awaitInSync() throws Exception {
        for (int v = 0; v < volumes; v++) {
            int volume = v;
            node.until("in sync", () -> isInSync(volume));
            kernel.await("in sync", v, KernelNode.View::inSync);
            node.until("in sync", () -> isInSync(volume));
        }
    }

    private boolean isInSync(int volume) {
        ResourceStatus resource = resource();
        return resource.connections().getFirst().state() == ConnectionState.CONNECTED
                && volume(resource, volume).disk() == io.bsr.base.state.DiskState.UP_TO_DATE
                && resource.connections().getFirst().peerDevices().stream()
                        .filter(p -> p.volume() == volume)
                        .anyMatch(LivePair::isInSync);
    }

    private static boolean isInSync(PeerDeviceStatus p) {
        return p.peerDisk() == io.bsr.base.state.DiskState.UP_TO_DATE
                && p.replication() == io.bsr.base.state.ReplicationState.ESTABLISHED
                && p.outOfSync() == 0;
    }

    private ResourceStatus resource() {
        try (ControlClient client = ControlClient.connect(node.files())) {
            return client.status().resources().stream()
                    .filter(r -> r.name().equals(Pair.RESOURCE))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("our node does not know the resource"));
        } catch (ControlException e) {
            throw new AssertionError("our node does not answer", e);
        }
    }

    private static VolumeStatus volume(ResourceStatus resource, int volume) {
        return resource.volumes().stream()
                .filter(v -> v.number() == volume)
                .findFirst()
                .orElseThrow();
    }

    // ------------------------------------------------------------------------------------------------ verdict

    /** Waits until both are in sync and nothing is on its way, then compares their backing disks byte by byte. */
    void assertEqual() throws Exception {
        awaitInSync();
        awaitNothingInFlight();
        for (int v = 0; v < volumes; v++) {
            long length = bytes(v);
            DiskComparison disks = new DiskComparison(disk(v), kernel.backing(v), length);
            if (!disks.equal()) {
                throw new AssertionError("volume " + v + ", our disk and the kernel's: " + disks);
            }
        }
    }

    /** As {@link #assertEqual()}, and every write of the load on our node that was acknowledged is there. */
    void assertEqual(LiveLoad load) throws Exception {
        assertEqual();
        load.assertKept(disk(0));
    }

    /**
     * Waits until each node has the other's word that all its writes are durable. Under protocol A users are answered
     * before their writes have left, and the states of both nodes do not show that some are on their way.
     */
    private void awaitNothingInFlight() throws Exception {
        node.until("the kernel's node to have our writes", () -> pending() == 0);
        kernel.awaitNothingInFlight();
    }

    /** Writes of ours without a barrier acknowledgement, at this moment. */
    private int pending() {
        return node.now().resource().connections().getFirst().peerDevices().stream()
                .mapToInt(PeerDeviceStatus::pending)
                .sum();
    }

    @Override
    public void close() throws IOException {
        node.close();
        for (SlowLink link : links) {
            link.close();
        }
        kernel.down();
    }
}
