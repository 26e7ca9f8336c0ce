package io.bsr.engine.device;

import io.bsr.attach.BlockDevices;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The resource option {@code attach}: how a volume becomes a block device. */
enum AttachWay {
    /** The best way that the kernel has, where the engine is that of the host; else not. */
    AUTO,
    NBD,
    FUSE,
    NONE;

    private static final String OPTION = "attach";

    /** What the options of a resource say. */
    static AttachWay of(Map<String, String> options) {
        String value = options.getOrDefault(OPTION, "auto");
        for (AttachWay way : values()) {
            if (way.name().toLowerCase(Locale.ROOT).equals(value)) {
                return way;
            }
        }
        throw new IllegalArgumentException(
                "option " + OPTION + ": this version has not got \"" + value + "\"; it has auto, nbd, fuse and none");
    }

    /** Whether devices may be made for an engine below {@code root}, if the kernel has what it takes. */
    boolean makesDevices(Path root) {
        return switch (this) {
            case NBD, FUSE -> true;
            case NONE -> false;
            // The devices of an engine beside that of the host would be seen by all of the host.
            case AUTO -> root.equals(root.getRoot());
        };
    }

    /** Whether a node that cannot have a device must not be Primary. */
    boolean insists() {
        return switch (this) {
            case NBD, FUSE -> true;
            case AUTO, NONE -> false;
        };
    }

    /** The ways to try, the best first; asks the kernel, so not on a loop. */
    List<BlockDevices.Way> ways() {
        return switch (this) {
            case NBD -> List.of(BlockDevices.Way.NBD);
            case FUSE -> List.of(BlockDevices.Way.FUSE);
            case NONE -> List.of();
            case AUTO -> BlockDevices.available();
        };
    }
}
