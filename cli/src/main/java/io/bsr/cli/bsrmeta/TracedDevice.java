package io.bsr.cli.bsrmeta;

import io.bsr.metadata.MetadataException;
import io.bsr.metadata.tool.MetadataDevice;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A device whose reads and writes are told, and whose writes may be left out ({@code --verbose} twice, {@code --dry-run}).
 *
 * <p>What was left out is not seen by later reads: a command that is tried out only looks at what is there.
 */
final class TracedDevice implements MetadataDevice {
    private final MetadataDevice device;
    private final Consumer<String> told;
    private final boolean reads;
    private final boolean dryRun;

    /**
     * @param told gets a line for each write
     * @param reads for each read too
     * @param dryRun writes are not done
     */
    TracedDevice(MetadataDevice device, Consumer<String> told, boolean reads, boolean dryRun) {
        this.device = device;
        this.told = told;
        this.reads = reads;
        this.dryRun = dryRun;
    }

    @Override
    public long size() {
        return device.size();
    }

    @Override
    public String description() {
        return device.description();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws MetadataException {
        if (reads) {
            told.accept(line("pread", target.remaining(), offset));
        }
        device.read(offset, target);
    }

    @Override
    public void write(long offset, ByteBuffer source) throws MetadataException {
        told.accept(line("pwrite", source.remaining(), offset) + (dryRun ? " SKIPPED DUE TO DRY-RUN" : ""));
        if (dryRun) {
            source.position(source.limit());
        } else {
            device.write(offset, source);
        }
    }

    @Override
    public void force() throws MetadataException {
        if (!dryRun) {
            device.force();
        }
    }

    @Override
    public void close() throws MetadataException {
        device.close();
    }

    private static String line(String action, int bytes, long offset) {
        return String.format(" %s(%d bytes at byte %d)", action, bytes, offset);
    }
}
