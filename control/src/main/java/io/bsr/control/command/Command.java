package io.bsr.control.command;

import io.bsr.base.port.Endpoint;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command for the engine. Names and meaning are those of {@code bsrsetup} (command-line reference, section 3.1); on the
 * line, a record is called by its name in kebab case, {@code NewResource} is {@code new-resource}, and so are its
 * components.
 *
 * <p>Options are maps of canonical option names to plain values: numbers in the unit of the option table and without
 * suffix, {@code yes} and {@code no}, words. Commands that set options keep those not named, unless {@code setDefaults}
 * says that they go back to their defaults.
 */
public sealed interface Command {

    /** Creates a resource without volumes and peers. */
    record NewResource(String resource, int nodeId, Map<String, String> options) implements Command {}

    record ResourceOptions(String resource, boolean setDefaults, Map<String, String> options) implements Command {}

    /** Options of this node for the resource: {@code node-name}, {@code persist-role} and the like. */
    record NodeOptions(String resource, boolean setDefaults, Map<String, String> options) implements Command {}

    /** Forgets a resource that has no volumes and no connections left. */
    record DelResource(String resource) implements Command {}

    /** Creates a volume under a minor number that no other volume of this engine has. */
    record NewMinor(String resource, int minor, int volume, Map<String, String> options) implements Command {}

    record DelMinor(int minor) implements Command {}

    record NewPeer(String resource, int peerNodeId, Map<String, String> options) implements Command {}

    record NetOptions(String resource, int peerNodeId, boolean setDefaults, Map<String, String> options)
            implements Command {}

    /** Disconnects if needed, and forgets the peer. */
    record DelPeer(String resource, int peerNodeId, boolean force) implements Command {}

    record PeerDeviceOptions(
            String resource, int peerNodeId, int volume, boolean setDefaults, Map<String, String> options)
            implements Command {}

    /** Adds a way to reach a peer. Addresses are numeric: host names are for the tools to resolve. */
    record NewPath(String resource, int peerNodeId, Endpoint local, Endpoint remote) implements Command {}

    record DelPath(String resource, int peerNodeId, Endpoint local, Endpoint remote) implements Command {}

    /**
     * Gives a volume its disk.
     *
     * @param disk path of the data, absolute
     * @param metaDisk path of the metadata; the same as {@code disk} for internal metadata
     * @param metaIndex {@code internal}, {@code flexible}, or 0 … 255
     */
    record Attach(int minor, String disk, String metaDisk, String metaIndex, Map<String, String> options)
            implements Command {}

    record DiskOptions(int minor, boolean setDefaults, Map<String, String> options) implements Command {}

    record Detach(int minor, boolean force) implements Command {}

    record Connect(String resource, int peerNodeId, boolean discardMyData, boolean tentative) implements Command {}

    record Disconnect(String resource, int peerNodeId, boolean force) implements Command {}

    /**
     * Makes this node Primary.
     *
     * @param force declares the data here good, if no good data are within reach
     * @param fullSync with {@code force}: peers get everything, not only what is marked
     */
    record Primary(String resource, boolean force, boolean fullSync) implements Command {
        public Primary(String resource, boolean force) {
            this(resource, force, false);
        }
    }

    record Secondary(String resource) implements Command {}

    /** Resyncs the whole volume from a peer; {@code null}: from any that can be the source. */
    record Invalidate(int minor, @Nullable Integer syncFromPeerNodeId) implements Command {}

    /**
     * Resyncs the whole volume to a peer.
     *
     * @param useCurrentOos only what is marked as out-of-sync
     */
    record InvalidateRemote(String resource, int peerNodeId, int volume, boolean useCurrentOos) implements Command {}

    /**
     * Compares a volume with that of a peer, online.
     *
     * @param start first sector; {@code null}: where the last verify was interrupted, else 0
     * @param stop the sector after the last one; {@code null}: the end
     * @param autoSync resyncs at once what was found
     */
    record Verify(
            String resource,
            int peerNodeId,
            int volume,
            @Nullable Long start,
            @Nullable Long stop,
            boolean autoSync) implements Command {}

    record VerifyStop(String resource, int peerNodeId, int volume) implements Command {}

    record Outdate(int minor) implements Command {}

    /** Requests of users wait, on all volumes of the resource. */
    record SuspendIo(int minor) implements Command {}

    record ResumeIo(int minor) implements Command {}

    /**
     * Begins a new generation of the data.
     *
     * @param clearBitmap the data of all nodes count as equal; where metadata are just created, there is no first resync
     * @param noRotateBitmap as if this node had written: the peers' bitmap identifiers stay
     */
    record NewCurrentUuid(int minor, boolean clearBitmap, boolean noRotateBitmap) implements Command {}

    /** Frees the bitmaps of a peer on all disks that are attached. */
    record ForgetPeer(String resource, int peerNodeId) implements Command {}

    /**
     * Gives a volume that is up another size, on all connected nodes. Answered when the new size is valid on this one.
     *
     * @param size in 512-byte sectors; 0 for as much as all nodes have
     * @param assumePeerHasSpace nodes that are not connected are taken to have room
     * @param assumeClean the new space is not resynchronised
     * @param alStripes stripes of the activity log, 0 to leave them
     * @param alStripeSizeKb size of a stripe in KiB, 0 to leave it
     */
    record Resize(
            int minor, long size, boolean assumePeerHasSpace, boolean assumeClean, int alStripes, int alStripeSizeKb)
            implements Command {}

    record PauseSync(String resource, int peerNodeId, int volume) implements Command {}

    record ResumeSync(String resource, int peerNodeId, int volume) implements Command {}

    /** Demotes, disconnects, detaches and forgets a resource. One that does not exist is down already. */
    record Down(String resource) implements Command {}

    /** Answers with {@link io.bsr.control.status.StatusReport}; {@code null}: all resources. */
    record Status(@Nullable String resource) implements Command {}

    /**
     * Streams {@link io.bsr.control.event.StateEvent}s: {@code exists} for everything there is, an end mark, then what
     * happens.
     *
     * @param now ends after the end mark
     */
    record Events(@Nullable String resource, boolean now) implements Command {}

    /** Answers with {@link io.bsr.control.status.EngineInfo}. */
    record Info() implements Command {}

    /** Answers with {@link io.bsr.control.status.Diagnosis}. */
    record Diagnose() implements Command {}

    /** Changes a parameter of the engine that can be changed while it runs, until it ends. */
    record SetParameter(String name, String value) implements Command {}

    /**
     * Writes a line into the log of the engine.
     *
     * @param level as syslog counts, 0 … 7
     */
    record WriteLog(int level, String text) implements Command {}

    /** Reads the settings of {@code bsrcon} anew: log levels, categories, folder and number of files. */
    record ReadSettings() implements Command {}

    /** Answers with {@link io.bsr.control.status.ExportList}; {@code null}: of all resources. */
    record Exports(@Nullable String resource) implements Command {}
}
