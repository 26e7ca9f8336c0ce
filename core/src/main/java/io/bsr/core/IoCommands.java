package io.bsr.core;

import io.bsr.base.VolumeNumber;
import io.bsr.base.error.ErrorCode;
import io.bsr.base.error.Outcome;

/** Suspending and resuming the requests of users. One volume is named, all of the resource are meant, as in bsr. */
final class IoCommands {
    private final Resource resource;

    IoCommands(Resource resource) {
        this.resource = resource;
    }

    Outcome suspend(VolumeNumber number) {
        if (resource.volume(number) == null) {
            return Outcome.of(ErrorCode.MINOR_UNKNOWN, "there is no volume " + number);
        }
        return resource.suspension().suspend() ? Outcome.OK : Outcome.NOTHING_TO_DO;
    }

    Outcome resume(VolumeNumber number) {
        if (resource.volume(number) == null) {
            return Outcome.of(ErrorCode.MINOR_UNKNOWN, "there is no volume " + number);
        }
        return resource.suspension().resume() ? Outcome.OK : Outcome.NOTHING_TO_DO;
    }
}
