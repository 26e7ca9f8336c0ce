package io.bsr.engine.host;

import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.GenerationStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.VolumeStatus;
import io.bsr.core.snapshot.ConnectionSnapshot;
import io.bsr.core.snapshot.GenerationSnapshot;
import io.bsr.core.snapshot.PeerDeviceSnapshot;
import io.bsr.core.snapshot.ResourceSnapshot;
import io.bsr.core.snapshot.VolumeSnapshot;
import java.util.HexFormat;
import java.util.Map;

/** Pictures of the core as the control interface shows them. */
final class StatusConversion {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private StatusConversion() {}

    /**
     * The status of a resource.
     *
     * @param options of the resource and of this node
     * @param clock tells when something happened
     * @param devices paths of block devices by the number of the volume
     */
    static ResourceStatus status(
            ResourceSnapshot from, Map<String, String> options, LoopClock clock, Map<Integer, String> devices) {
        return new ResourceStatus(
                from.name(),
                from.nodeId(),
                from.nodeName(),
                from.role(),
                from.suspended(),
                from.writeOrdering(),
                from.requestsPending(),
                "",
                from.volumes().stream()
                        .map(volume -> volume(volume, clock, devices.getOrDefault(volume.number(), "")))
                        .toList(),
                from.connections().stream().map(StatusConversion::connection).toList(),
                options);
    }

    /** The last status of a resource that was stopped. */
    static ResourceStatus failed(ResourceStatus last, String why) {
        return new ResourceStatus(
                last.name(),
                last.nodeId(),
                last.nodeName(),
                last.role(),
                last.suspended(),
                last.writeOrdering(),
                last.requestsPending(),
                why,
                last.volumes(),
                last.connections(),
                last.options());
    }

    private static VolumeStatus volume(VolumeSnapshot from, LoopClock clock, String device) {
        return new VolumeStatus(
                from.number(),
                from.minor(),
                from.disk(),
                from.size(),
                from.read(),
                from.written(),
                from.alWrites(),
                from.bmWrites(),
                from.upperPending(),
                from.lowerPending(),
                from.alSuspended(),
                from.alPendingChanges(),
                from.alUsed(),
                from.ioErrors(),
                from.users(),
                device,
                from.backing(),
                from.metaBacking(),
                from.metaIndex(),
                from.metaDeviceSize(),
                from.flushes(),
                from.blocked(),
                from.waitsFor(),
                from.failure(),
                from.failure().isEmpty() ? 0 : clock.epochMicros(from.failedAt()),
                generation(from.generation()),
                from.options());
    }

    private static GenerationStatus generation(GenerationSnapshot from) {
        return new GenerationStatus(
                hex(from.current()),
                from.history().stream().map(StatusConversion::hex).toList(),
                from.deviceFlags());
    }

    private static ConnectionStatus connection(ConnectionSnapshot from) {
        return new ConnectionStatus(
                from.peerNodeId(),
                from.name(),
                from.state(),
                from.peerRole(),
                from.congested(),
                from.agreedVersion(),
                from.reason(),
                from.error(),
                from.paths(),
                from.peerDevices().stream().map(StatusConversion::peerDevice).toList(),
                from.options());
    }

    private static PeerDeviceStatus peerDevice(PeerDeviceSnapshot from) {
        return new PeerDeviceStatus(
                from.volume(),
                from.replication(),
                from.peerDisk(),
                from.resyncSuspended(),
                from.received(),
                from.sent(),
                from.outOfSync(),
                from.pending(),
                from.unacked(),
                from.resyncTotal(),
                from.resyncLeft(),
                from.resyncSectorsPerSecond(),
                from.resyncWantedSectorsPerSecond(),
                from.waitsFor(),
                from.startedDegraded(),
                hex(from.bitmapGeneration()),
                from.peerFlags(),
                from.options());
    }

    private static String hex(long generation) {
        return HEX.toHexDigits(generation);
    }
}
