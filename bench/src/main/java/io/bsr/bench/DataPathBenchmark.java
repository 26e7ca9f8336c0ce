package io.bsr.bench;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One operation is one 4 KiB request of an NBD client, 32 at once, from its submission to its reply. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx256m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
public class DataPathBenchmark {
    private static final int BATCH = 8192;
    private static final int DEPTH = 32;
    private static final long DISK_BYTES = 256L << 20;

    /** The replication protocol. */
    @Param({"C", "A"})
    public String protocol = "C";

    private @Nullable Pair pair;
    private @Nullable NbdLoad load;

    /** Starts both nodes; their disks are written once, so that the activity log and the files are warm. */
    @Setup(Level.Trial)
    public void start() throws Exception {
        Pair started = Pair.start(protocol, DISK_BYTES);
        pair = started;
        NbdLoad client = NbdLoad.open(started.nbdSocket(), DEPTH);
        load = client;
        client.run(true, 4 * BATCH, DEPTH);
    }

    /** Stops both and removes their files. */
    @TearDown(Level.Trial)
    public void stop() throws IOException {
        Objects.requireNonNull(load).close();
        Objects.requireNonNull(pair).close();
    }

    /** Replicated writes. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void write() throws IOException {
        Objects.requireNonNull(load).run(true, BATCH, DEPTH);
    }

    /** Reads. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void read() throws IOException {
        Objects.requireNonNull(load).run(false, BATCH, DEPTH);
    }
}
