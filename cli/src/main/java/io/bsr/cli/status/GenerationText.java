package io.bsr.cli.status;

import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.VolumeStatus;
import io.bsr.metadata.DeviceFlag;
import io.bsr.metadata.PeerFlag;
import java.util.List;

/** The line of {@code get-gi} for an attached volume; command-line reference, section 3.7. */
public final class GenerationText {
    private static final String NONE = "0000000000000000";

    private GenerationText() {}

    /** Four identifiers and twelve flags, separated by colons. */
    public static String of(VolumeStatus volume, PeerDeviceStatus peer) {
        List<String> history = volume.generation().history();
        int device = volume.generation().deviceFlags();
        int slot = peer.peerFlags();
        return String.join(
                ":",
                volume.generation().current(),
                peer.bitmapGeneration(),
                history.isEmpty() ? NONE : history.get(0),
                history.size() < 2 ? NONE : history.get(1),
                bit(device, DeviceFlag.CONSISTENT),
                bit(device, DeviceFlag.WAS_UP_TO_DATE),
                bit(device, DeviceFlag.PRIMARY_IND),
                bit(device, DeviceFlag.CRASHED_PRIMARY),
                bit(device, DeviceFlag.AL_CLEAN),
                bit(device, DeviceFlag.AL_DISABLED),
                bit(slot, PeerFlag.CONNECTED),
                bit(slot, PeerFlag.OUTDATED),
                bit(slot, PeerFlag.FENCING),
                bit(slot, PeerFlag.FULL_SYNC),
                bit(device, DeviceFlag.LAST_PRIMARY),
                bit(device, DeviceFlag.WAS_PRIMARY));
    }

    private static String bit(int flags, int mask) {
        return (flags & mask) == 0 ? "0" : "1";
    }
}
