package io.bsr.control.event;

import io.bsr.control.status.PeerDeviceStatus;
import java.util.Locale;

/**
 * How far a resync is.
 *
 * @param running false: there is none, and the rest says nothing
 * @param done percent with two decimals, e.g. {@code 41.37}
 * @param kibPerSecond recent speed
 * @param kibWanted speed that this node asks for; 0 where the peer does the asking
 * @param eta time to go as {@code H:MM:SS}; {@code "?"} while the speed is 0
 */
public record Progress(boolean running, String done, long kibPerSecond, long kibWanted, String eta) {

    public static Progress of(PeerDeviceStatus peer) {
        long total = peer.resyncTotal();
        if (total <= 0) {
            return new Progress(false, "", 0, 0, "");
        }
        long left = Math.clamp(peer.resyncLeft(), 0, total);
        long perSecond = peer.resyncSectorsPerSecond();
        // Truncated, so that 100.00 means that nothing is left.
        long hundredths = Math.floorDiv((total - left) * 10_000, total);
        return new Progress(
                true,
                String.format(Locale.ROOT, "%d.%02d", hundredths / 100, hundredths % 100),
                perSecond / 2,
                peer.resyncWantedSectorsPerSecond() / 2,
                perSecond <= 0 ? "?" : clock((left + perSecond - 1) / perSecond));
    }

    private static String clock(long seconds) {
        return String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
