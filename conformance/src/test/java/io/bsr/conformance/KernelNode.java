package io.bsr.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node with the DRBD 8.4 of Debian's kernel, in a virtual machine: host name {@code n1}, resource {@code h0}. The
 * scripts of conformance/lab start and stop it; commands go to the agent in it.
 */
final class KernelNode implements AutoCloseable {
    static final String[] TOOLS = {
        "qemu-system-x86_64", "vde_switch", "socat", "busybox", "nbd-client", "mkfs.xfs", "cpio", "fio"
    };

    /** Ports of this machine that vm.sh gives to machine 1, counted from its LAB_PORT: the agent's, then the guest's. */
    private static final int AGENT_PORT = 100;

    private static final int PEER_PORT = AGENT_PORT + 1;
    private static final int PORTS = 33;
    private static final int MOST_OUTPUT = 16 << 20;
    private static final int END_OF_OUTPUT = 0x1e;
    private static final int EXEC_MILLIS = 120_000;
    private static final int WAIT_SECONDS = 90;
    private static final String SUMMARY = "/sys/kernel/debug/drbd/resources/h0/in_flight_summary";
    private static final Pattern LINE =
            Pattern.compile("(\\d+): cs:(\\S+) ro:(\\w+)/(\\w+) ds:(\\w+)/(\\w+)[^\\n]*\\n[^\\n]* oos:(\\d+)");

    private final Path scripts;
    private final Path lab;
    private final int labPort;

    /** One volume in /proc/drbd. */
    record View(String connection, String role, String peerRole, String disk, String peerDisk, long outOfSyncKib) {
        boolean inSync() {
            return connection.equals("Connected")
                    && disk.equals("UpToDate")
                    && peerDisk.equals("UpToDate")
                    && outOfSyncKib == 0;
        }
    }

    /** Several may run on this machine, each with a folder {@code lab} of its own. */
    KernelNode(Path scripts, Path lab) throws IOException {
        this.scripts = scripts;
        this.lab = lab;
        labPort = freeLabPort();
    }

    /** A LAB_PORT for machine 1 whose ports nobody has. */
    static int freeLabPort() throws IOException {
        return Pair.freePorts(PORTS) - AGENT_PORT;
    }

    /** The port of this machine that leads to the DRBD of the virtual machine. */
    int port() {
        return labPort + PEER_PORT;
    }

    // ------------------------------------------------------------------------------------------------ machine

    /** Boots it; the first time also makes the kernel image and the file system. */
    void start() throws IOException, InterruptedException {
        script(600, "start", "1");
    }

    void stop() throws IOException, InterruptedException {
        script(60, "stop", "1");
    }

    /** Power loss. */
    void crash() throws IOException, InterruptedException {
        script(60, "crash", "1");
    }

    /** The cable to our node. */
    void link(boolean on) throws IOException, InterruptedException {
        script(60, "link", "1", "h1", on ? "on" : "off");
    }

    void record(Path pcap) throws IOException, InterruptedException {
        script(60, "pcap", "1", "h1", pcap.toString());
    }

    void endRecord() throws IOException, InterruptedException {
        script(60, "pcap", "1", "off");
    }

    private void script(int seconds, String... words) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(scripts.resolve("drbd84-vm.sh").toString()));
        command.addAll(Arrays.asList(words));
        Files.createDirectories(lab);
        Path output = Files.createTempFile(lab, "script", ".out");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().put("LAB_DIR", lab.toString());
        builder.environment().put("LAB_PORT", Integer.toString(labPort));
        builder.environment().put("LAB_DISK_MB", "24");
        builder.environment().put("LAB_DISK2_MB", "8");
        Process process = builder.start();
        boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        String said = Files.readString(output);
        Files.delete(output);
        if (!ended || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + (ended ? " failed: " : " did not end: ") + said);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ------------------------------------------------------------------------------------------------ commands

    /** Runs a shell script in it; its exit status does not matter. */
    String run(String script) throws IOException {
        return execute(script).text();
    }

    /** Runs a shell script in it, which has to succeed. */
    String must(String script) throws IOException {
        Node.Said said = execute(script);
        if (said.code() != 0) {
            throw new AssertionError("in the virtual machine: " + script + "\nended with " + said.code() + ":\n"
                    + said.text() + run("dmesg | tail -30"));
        }
        return said.text();
    }

    private Node.Said execute(String script) throws IOException {
        byte[] bytes = script.getBytes(StandardCharsets.UTF_8);
        try (Socket agent = new Socket()) {
            agent.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), labPort + AGENT_PORT), 5000);
            agent.setSoTimeout(EXEC_MILLIS);
            agent.getOutputStream().write((bytes.length + "\n").getBytes(StandardCharsets.US_ASCII));
            agent.getOutputStream().write(bytes);
            agent.getOutputStream().flush();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            InputStream in = agent.getInputStream();
            int b = in.read();
            while (b >= 0 && b != END_OF_OUTPUT && out.size() < MOST_OUTPUT) {
                out.write(b);
                b = in.read();
            }
            if (b != END_OF_OUTPUT) {
                throw new IOException("the agent ended in the middle of: " + script);
            }
            String end = new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
            return new Node.Said(Integer.parseInt(end.substring("rc=".length())), out.toString(StandardCharsets.UTF_8));
        }
    }

    /** Writes the configuration of the resource, whose peer is the engine at {@code port} of this machine. */
    void configure(String net, int volumes, int port) throws IOException {
        StringBuilder text = new StringBuilder("resource h0 { net { " + net + " } ");
        text.append("disk { c-plan-ahead 0; resync-rate 200M; c-min-rate 0; } ");
        for (int v = 0; v < volumes; v++) {
            text.append("volume ").append(v).append(" { device /dev/drbd").append(1 + v);
            text.append("; disk ").append(disk(v)).append("; meta-disk internal; } ");
        }
        text.append("on n1 { address 10.0.11.15:7788; } on java { address 10.0.11.2:")
                .append(port)
                .append("; } }");
        must("mkdir -p /etc/drbd.d; cat > /etc/drbd.d/h0.res <<'X'\n" + text + "\nX");
    }

    static String disk(int volume) {
        return volume == 0 ? "/dev/vda" : "/dev/vdb";
    }

    static String device(int volume) {
        return "/dev/drbd" + (1 + volume);
    }

    /** Up with fresh metadata and empty disks. */
    void create() throws IOException {
        must("drbdadm -- --force create-md h0 >/dev/null 2>&1 && drbdadm up h0");
    }

    void up() throws IOException {
        must("drbdadm up h0");
    }

    /** Forgets the resource. */
    void down() throws IOException {
        run("drbdadm down all 2>/dev/null; rm -f /etc/drbd.d/*.res;"
                + " for d in vda vdb; do blkdiscard -f /dev/$d 2>/dev/null; done; dmesg -c >/dev/null; true");
    }

    View now(int volume) throws IOException {
        Matcher line = LINE.matcher(run("cat /proc/drbd"));
        while (line.find()) {
            if (Integer.parseInt(line.group(1)) == 1 + volume) {
                return new View(
                        line.group(2),
                        line.group(3),
                        line.group(4),
                        line.group(5),
                        line.group(6),
                        Long.parseLong(line.group(7)));
            }
        }
        return new View("StandAlone", "Unknown", "Unknown", "Diskless", "DUnknown", 0);
    }

    View await(String what, int volume, Predicate<View> condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        View seen = now(volume);
        while (!condition.test(seen)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the kernel's node: waited in vain for " + what + "; it is " + seen + "\n"
                        + run("dmesg | tail -40"));
            }
            Thread.sleep(200);
            seen = now(volume);
        }
        return seen;
    }

    /** Waits until its transfer log is empty: the peer has acknowledged the barrier behind each write. */
    void awaitNothingInFlight() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        String left = inFlight();
        while (!left.isEmpty()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the kernel's node: these writes are never acknowledged:\n" + left);
            }
            Thread.sleep(200);
            left = inFlight();
        }
    }

    /** The oldest requests of its transfer log, which is the last table of the summary, below its heads. */
    private String inFlight() throws IOException {
        return must("sed -n '/^oldest application requests/,/^$/p' " + SUMMARY + " | sed '1,2d;/^$/d'")
                .strip();
    }

    /** The file behind a disk of the machine: what its kernel has seen written is in it. */
    Path backing(int volume) {
        return lab.resolve("drbd84").resolve("run").resolve("1").resolve("disk" + volume);
    }
}
