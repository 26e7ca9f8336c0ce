package io.bsr.cli.status;

import io.bsr.base.state.DiskState;
import io.bsr.base.state.ReplicationState;
import io.bsr.control.status.VolumeStatus;

/** Small judgements that several outputs share. */
final class Names {
    private Names() {}

    static boolean wantsNoDisk(VolumeStatus volume) {
        return "yes".equals(volume.options().get("diskless"));
    }

    /** {@code yes} for a volume that has no disk and shall have none. */
    static String client(VolumeStatus volume) {
        return volume.disk() == DiskState.DISKLESS && wantsNoDisk(volume) ? "yes" : "no";
    }

    static boolean resyncs(ReplicationState state) {
        return state.compareTo(ReplicationState.SYNC_SOURCE) >= 0
                && state.compareTo(ReplicationState.PAUSED_SYNC_T) <= 0;
    }
}
