package io.bsr.metadata.tool;

import io.bsr.base.Units;
import io.bsr.metadata.MetadataException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A device in memory that stores only what is not zero, and records writes and flushes. */
final class SparseDevice implements MetadataDevice {
    /** A recorded operation; a flush has no bytes. */
    static final class Operation {
        final long offset;
        final byte[] bytes;

        Operation(long offset, byte[] bytes) {
            this.offset = offset;
            this.bytes = bytes;
        }

        boolean flush() {
            return offset < 0;
        }
    }

    private static final int BLOCK = Units.BLOCK_BYTES;

    private final long size;
    private final Map<Long, byte[]> blocks;
    final List<Operation> operations = new ArrayList<>();

    SparseDevice(long size) {
        this(size, new HashMap<>());
    }

    private SparseDevice(long size, Map<Long, byte[]> blocks) {
        this.size = size;
        this.blocks = blocks;
    }

    /** A copy with an empty record. Blocks are shared; writes replace them. */
    SparseDevice copy() {
        return new SparseDevice(size, new HashMap<>(blocks));
    }

    SparseDevice resized(long newSize) {
        return new SparseDevice(newSize, new HashMap<>(blocks));
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public String description() {
        return "disk.img";
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        byte[] bytes = bytes(offset, target.remaining());
        target.put(bytes);
    }

    @Override
    public void write(long offset, ByteBuffer source) {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        operations.add(new Operation(offset, bytes));
        put(offset, bytes, bytes.length);
    }

    @Override
    public void force() {
        operations.add(new Operation(-1, new byte[0]));
    }

    @Override
    public void close() {}

    byte[] bytes(long offset, int length) {
        if (offset < 0 || length < 0 || offset + length > size) {
            throw new IllegalArgumentException("read of " + length + " bytes at " + offset + " of " + size);
        }
        byte[] result = new byte[length];
        for (int done = 0; done < length; ) {
            int within = (int) ((offset + done) % BLOCK);
            int part = Math.min(BLOCK - within, length - done);
            byte[] block = blocks.get((offset + done) / BLOCK);
            if (block != null) {
                System.arraycopy(block, within, result, done, part);
            }
            done += part;
        }
        return result;
    }

    /** Stores the first {@code length} of the bytes, without recording it. */
    void put(long offset, byte[] bytes, int length) {
        if (offset < 0 || offset + length > size) {
            throw new IllegalArgumentException("write of " + length + " bytes at " + offset + " of " + size);
        }
        for (int done = 0; done < length; ) {
            int within = (int) ((offset + done) % BLOCK);
            int part = Math.min(BLOCK - within, length - done);
            long number = (offset + done) / BLOCK;
            byte[] block = blocks.getOrDefault(number, new byte[BLOCK]).clone();
            System.arraycopy(bytes, done, block, within, part);
            blocks.put(number, block);
            done += part;
        }
    }

    /** Writes what is not zero to a device of the same size that is all zero. */
    void writeTo(MetadataDevice other) throws MetadataException {
        for (Map.Entry<Long, byte[]> block : blocks.entrySet()) {
            int length = (int) Math.min(BLOCK, size - block.getKey() * BLOCK);
            other.write(block.getKey() * BLOCK, ByteBuffer.wrap(block.getValue(), 0, length));
        }
    }

    /** True if both have the same contents. */
    boolean same(SparseDevice other) {
        return size == other.size && covers(other) && other.covers(this);
    }

    private boolean covers(SparseDevice other) {
        byte[] zeroes = new byte[BLOCK];
        return other.blocks.entrySet().stream()
                .allMatch(entry -> Arrays.equals(entry.getValue(), blocks.getOrDefault(entry.getKey(), zeroes)));
    }
}
