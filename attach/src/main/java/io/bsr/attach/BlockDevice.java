package io.bsr.attach;

import io.bsr.base.port.Network;
import io.bsr.frontend.fuse.PayloadBuffers;
import io.bsr.frontend.nbd.NbdServer;
import io.bsr.loop.EventLoop;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * One volume as a block device.
 *
 * <p>To attach, to detach and to tear wait for the kernel, and for the loop: that is for threads that may wait. What the
 * volume says on the loop is acted upon by a thread made for it.
 */
public sealed interface BlockDevice permits FuseBlockDevice, NbdBlockDevice {
    /**
     * Which volume.
     *
     * @param minor its number for users
     */
    record Name(String resource, int volume, int minor) {
        @Override
        public String toString() {
            return resource + "/" + volume;
        }
    }

    /**
     * What a device needs of its engine.
     *
     * @param buffers of the loop, for FUSE
     * @param server of the loop, for NBD; {@code network} likewise
     * @param records what is written down of devices that outlive the engine
     * @param log takes one line
     */
    record Place(
            EventLoop loop,
            PayloadBuffers buffers,
            NbdServer server,
            Network network,
            DeviceLinks links,
            NbdRecords records,
            Consumer<String> log) {}

    /** The name under which users find it. */
    Path path();

    /** The device of the kernel. */
    Path kernelPath();

    /** Who has it in use, in words. */
    List<String> holders() throws InterruptedException;

    /** Whether it is no more, because it was detached or because the volume went away. */
    boolean isGone();

    /** How the volume names it as its user. */
    String userName();

    /**
     * Takes the device away, unless somebody has it open.
     *
     * @param flushSeconds how long cached data may take to be written; then the device stays
     * @return who has it open; empty if it is gone
     */
    List<String> detach(long flushSeconds) throws AttachException, InterruptedException;

    /** Takes the device away from whoever uses it: every request fails from now on. */
    void tear() throws InterruptedException;

    /** The engine ends, and somebody uses the device. Says what becomes of it. */
    String leave() throws InterruptedException;

    /** The generation of the data has become another one; for every thread. {@link DataProof#generation}. */
    default void generation(long current) {}
}
