package io.bsr.frontend.fuse;

import static io.bsr.frontend.fuse.FuseCode.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.bsr.base.memory.Buffer;
import io.bsr.base.port.VolumePort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Answers, written into one piece of memory: an answer has left when the channel returns. */
final class Replies {
    private static final int SECTOR = 512;

    private final FuseChannel channel;
    private final MemorySegment out = Arena.ofAuto().allocate(OUT_BYTES + ATTR_OUT_BYTES, 8);
    private final MemorySegment body = out.asSlice(OUT_BYTES);

    Replies(FuseChannel channel) {
        this.channel = channel;
    }

    void failed(long unique, int errno) {
        send(unique, errno, 0, null, 0);
    }

    void done(long unique) {
        send(unique, 0, 0, null, 0);
    }

    void initialized(long unique, int offered) {
        body.fill((byte) 0);
        body.set(JAVA_INT, INIT_OUT_MAJOR, MAJOR);
        body.set(JAVA_INT, INIT_OUT_MINOR, MINOR);
        int wanted = FLAG_ASYNC_READ | FLAG_BIG_WRITES | FLAG_ASYNC_DIO | FLAG_MAX_PAGES;
        body.set(JAVA_INT, INIT_OUT_FLAGS, offered & wanted);
        body.set(JAVA_SHORT, INIT_OUT_BACKGROUND, (short) FuseSession.MOST_REQUESTS);
        body.set(JAVA_SHORT, INIT_OUT_CONGESTION, (short) FuseSession.MOST_REQUESTS);
        body.set(JAVA_INT, INIT_OUT_MAX_WRITE, FuseSession.LARGEST_TRANSFER);
        body.set(JAVA_INT, INIT_OUT_TIME_GRANULARITY, 1);
        body.set(JAVA_SHORT, INIT_OUT_MAX_PAGES, (short) FuseSession.MOST_PAGES);
        send(unique, 0, INIT_OUT_BYTES, null, 0);
    }

    /** It is not valid for any time: the kernel asks again, and sees a new size. */
    void attributes(long unique, VolumePort volume) {
        long size = volume.size();
        body.fill((byte) 0);
        body.set(JAVA_LONG, ATTR_INODE, ROOT);
        body.set(JAVA_LONG, ATTR_SIZE, size);
        body.set(JAVA_LONG, ATTR_BLOCKS, size / SECTOR);
        body.set(JAVA_INT, ATTR_MODE, MODE);
        body.set(JAVA_INT, ATTR_LINKS, 1);
        body.set(JAVA_INT, ATTR_BLOCK_SIZE, volume.logicalBlockSize());
        send(unique, 0, ATTR_OUT_BYTES, null, 0);
    }

    void opened(long unique) {
        body.fill((byte) 0);
        body.set(JAVA_INT, OPEN_OUT_FLAGS, OPEN_DIRECT_IO | OPEN_PARALLEL_DIRECT_WRITES);
        send(unique, 0, OPEN_OUT_BYTES, null, 0);
    }

    /** The loop device takes the block size for the granularity of discards. */
    void statistics(long unique, VolumePort volume) {
        int block = volume.logicalBlockSize();
        body.fill((byte) 0);
        body.set(JAVA_LONG, STATFS_BLOCKS, volume.size() / block);
        body.set(JAVA_INT, STATFS_BLOCK_SIZE, block);
        body.set(JAVA_INT, STATFS_NAME_LENGTH, 255);
        body.set(JAVA_INT, STATFS_FRAGMENT_SIZE, block);
        send(unique, 0, STATFS_OUT_BYTES, null, 0);
    }

    void read(long unique, @Nullable Buffer data, int bytes) {
        send(unique, 0, 0, data, bytes);
    }

    void written(long unique, int bytes) {
        body.fill((byte) 0);
        body.set(JAVA_INT, 0, bytes);
        send(unique, 0, WRITE_OUT_BYTES, null, 0);
    }

    private void send(long unique, int errno, int bodyBytes, @Nullable Buffer data, int dataBytes) {
        int head = OUT_BYTES + bodyBytes;
        out.set(JAVA_INT, OUT_LENGTH, head + dataBytes);
        out.set(JAVA_INT, OUT_ERROR, -errno);
        out.set(JAVA_LONG, OUT_UNIQUE, unique);
        channel.reply(out, head, data, dataBytes);
    }
}
